import { limitInForce, type PolicyInForce } from '../domain/policies-in-force.ts';
import { distinct, type Person, personKey } from '../domain/policy.ts';
import type { AskRefusal } from '../domain/refusal.ts';
import type { UseCounter } from './count-use.ts';
import { ifAway, OutcomeUnknown } from './faults.ts';

/** One of the ids of a person. */
interface PlaceOwner {
  team: string;
  user: string;
}

/** The requests that each person has open, over all bots. @throws NotRecorded where Redis can't say */
export interface OpenPlaces {
  /** Whose places are taken: open requests, and how many more are being made at this moment. */
  taken(owner: PlaceOwner): Promise<Taken>;
  /** False: all are taken. Where some of them are for requests that are being made, it is waited for what comes of these. */
  take(owner: PlaceOwner, request: string, most: number): Promise<boolean>;
  /** The request was not made. */
  release(owner: PlaceOwner, request: string): Promise<void>;
}

export interface Taken {
  open: string[];
  making: number;
}

export interface PlaceDeps {
  places: OpenPlaces;
  uses: Pick<UseCounter, 'firstRefusal' | 'forgetRefusal'>;
}

/** `other`: the digest of the policy that refused, where it is not this bot's own. */
type Full = { refusal: Extract<AskRefusal, { why: 'limit' }>; other?: string };

/** Why this person may request nothing more for now; null where they may. */
export type Claim = (person: Person, inForce: PolicyInForce) => Promise<Full | null>;

/** Looks whether there is a place, and takes none. */
export function placeLeft({ places }: Pick<PlaceDeps, 'places'>): Claim {
  return async (person, inForce) => {
    const { own, others } = await openOf(places, person);
    const { most } = limitInForce(inForce, 'openPerUser');
    return own.open.length + own.making + others.length < most ? null : full([...own.open, ...others], inForce);
  };
}

/**
 * Does what may make a request. The place that it claims on the way is kept if it `made` one, or may have; of two who ask at
 * once, the last place is one's.
 */
export async function inPlace<T>(
  { places }: Pick<PlaceDeps, 'places'>,
  request: string,
  work: (claim: Claim) => Promise<T>,
  made: (done: T) => boolean,
): Promise<T> {
  let owner: Person | null = null;
  const claim: Claim = async (person, inForce) => {
    const { others } = await openOf(places, person);
    const left = limitInForce(inForce, 'openPerUser').most - others.length;
    owner = person;
    if (left > 0 && (await places.take(person, request, left))) return null;
    const { own } = await openOf(places, person);
    return full([...own.open, ...others], inForce);
  };
  // Where Redis is away, the place gives itself up: that must not hide what came of the request.
  const release = () => owner && places.release(owner, request).catch(ifAway);
  try {
    const done = await work(claim);
    if (!made(done)) await release();
    return done;
  } catch (fault) {
    if (!(fault instanceof OutcomeUnknown)) await release();
    throw fault;
  }
}

/** A refusal for this limit is put on record once a minute for each person, however often they ask. */
export async function recordOpenLimit(
  { uses }: Pick<PlaceDeps, 'uses'>,
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

/** What a person has open, under this id and under their id in the whole organization. */
async function openOf(places: OpenPlaces, { team, user, enterprise }: Person) {
  const ids = distinct([user, ...(enterprise ? [enterprise] : [])]);
  const [own = { open: [], making: 0 }, ...others] = await Promise.all(
    ids.map((id) => places.taken({ team, user: id })),
  );
  return { own, others: others.flatMap(({ open }) => open) };
}

function full(open: string[], inForce: PolicyInForce): Full {
  const { most, ...by } = limitInForce(inForce, 'openPerUser');
  return { refusal: { why: 'limit', limit: 'openPerUser', most, open }, ...by };
}
