import { limitInForce, type PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import { distinct, type Person, personKey } from '../../domain/policy/policy.ts';
import type { RequestRefusal } from '../../domain/request/refusal.ts';
import { ifAway, OutcomeUnknown } from '../faults.ts';
import type { UseCounter } from './count-use.ts';

/** One of the ids of a person. */
interface QuotaOwner {
  team: string;
  user: string;
}

/** The open requests of each person, over all bots. @throws NotRecorded if Redis does not answer */
export interface OpenRequestQuota {
  usage(owner: QuotaOwner): Promise<QuotaUsage>;
  /**
   * Counts the request. False: `most` are open already. Waits for the outcome of requests that are being made at this
   * moment.
   */
  take(owner: QuotaOwner, request: string, most: number): Promise<boolean>;
  /** The request was not made. */
  release(owner: QuotaOwner, request: string): Promise<void>;
}

export interface QuotaUsage {
  /** Ids of the open requests. */
  open: string[];
  /** How many more are being made at this moment. */
  making: number;
}

export interface QuotaDeps {
  quota: OpenRequestQuota;
  uses: Pick<UseCounter, 'firstRefusal' | 'forgetRefusal'>;
}

/** `other`: the digest of the policy that refused, where it is not this bot's own. */
type Full = { refusal: Extract<RequestRefusal, { why: 'limit' }>; other?: string };

/** Why this person may not make another request now; null if they may. */
export type ClaimQuota = (person: Person, inForce: PolicyInForce) => Promise<Full | null>;

/** Checks whether another request may be made, without counting one. */
export function quotaLeft({ quota }: Pick<QuotaDeps, 'quota'>): ClaimQuota {
  return async (person, inForce) => {
    const { own, others } = await usageOf(quota, person);
    const { most } = limitInForce(inForce, 'openPerUser');
    return own.open.length + own.making + others.length < most ? null : full([...own.open, ...others], inForce);
  };
}

/**
 * Runs work that may make a request. The request stays counted if it was `made`, or may have been. If a person makes
 * two requests at once and one is left, one of them gets it.
 */
export async function withQuota<T>(
  { quota }: Pick<QuotaDeps, 'quota'>,
  request: string,
  work: (claim: ClaimQuota) => Promise<T>,
  made: (done: T) => boolean,
): Promise<T> {
  let owner: Person | null = null;
  const claim: ClaimQuota = async (person, inForce) => {
    const { others } = await usageOf(quota, person);
    const left = limitInForce(inForce, 'openPerUser').most - others.length;
    owner = person;
    if (left > 0 && (await quota.take(person, request, left))) return null;
    const { own } = await usageOf(quota, person);
    return full([...own.open, ...others], inForce);
  };
  // While Redis is unavailable, the count corrects itself later. An error here must not hide the outcome of the
  // request.
  const release = () => owner && quota.release(owner, request).catch(ifAway);
  try {
    const done = await work(claim);
    if (!made(done)) await release();
    return done;
  } catch (fault) {
    if (!(fault instanceof OutcomeUnknown)) await release();
    throw fault;
  }
}

/** Records a refusal by this limit, at most once a minute for each person. */
export async function recordOpenLimit(
  { uses }: Pick<QuotaDeps, 'uses'>,
  person: Person,
  record: () => Promise<unknown>,
): Promise<void> {
  if (!(await uses.firstRefusal('openPerUser', personKey(person)))) return;
  try {
    await record();
  } catch (fault) {
    await uses.forgetRefusal('openPerUser', personKey(person));
    throw fault;
  }
}

/** The open requests of a person, under this id and under their organization-wide id. */
async function usageOf(quota: OpenRequestQuota, { team, user, enterprise }: Person) {
  const ids = distinct([user, ...(enterprise ? [enterprise] : [])]);
  const [own = { open: [], making: 0 }, ...others] = await Promise.all(
    ids.map((id) => quota.usage({ team, user: id })),
  );
  return { own, others: others.flatMap(({ open }) => open) };
}

function full(open: string[], inForce: PolicyInForce): Full {
  const { most, ...by } = limitInForce(inForce, 'openPerUser');
  return { refusal: { why: 'limit', limit: 'openPerUser', most, open }, ...by };
}
