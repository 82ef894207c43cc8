import { limitInForce, type PolicyInForce } from '../domain/policies-in-force.ts';
import { distinct, type Person, personKey } from '../domain/policy.ts';
import type { AskRefusal } from '../domain/refusal.ts';
import type { UseCounter } from './count-use.ts';
import { OutcomeUnknown } from './faults.ts';
import type { Committed } from './ports.ts';

/** One of the ids of a person. */
interface PlaceOwner {
  team: string;
  user: string;
}

/** The requests that each person has open, over all bots. @throws NotRecorded where Redis can't say */
export interface OpenPlaces {
  /** The requests whose places are taken: open ones, and such as are being made at this moment. */
  taken(owner: PlaceOwner): Promise<string[]>;
  /** False: all are taken. */
  take(owner: PlaceOwner, request: string, most: number): Promise<boolean>;
  /** The request was not made. */
  release(owner: PlaceOwner, request: string): Promise<void>;
}

export interface PlaceDeps {
  places: OpenPlaces;
  uses: Pick<UseCounter, 'firstRefusal' | 'forgetRefusal'>;
}

/** `other`: the digest of the policy that refused, where it is not this bot's own. */
type Full = { refusal: Extract<AskRefusal, { why: 'limit' }>; other?: string };

/** Why this person may not request anything more for now; null where they may. Nothing is taken yet. */
export async function openLimit(
  { places }: Pick<PlaceDeps, 'places'>,
  person: Person,
  inForce: PolicyInForce,
): Promise<Full | null> {
  const { own, others } = await openOf(places, person);
  const { most } = limitInForce(inForce, 'openPerUser');
  return own.length + others.length < most ? null : full([...own, ...others], inForce);
}

/**
 * Makes a request in a place of its own, which it keeps if it was made. Of two that are asked at once, the last place is one's.
 * @returns what came of making it, or why there was no place
 */
export async function inPlace(
  { places }: Pick<PlaceDeps, 'places'>,
  { person, request, inForce }: { person: Person; request: string; inForce: PolicyInForce },
  make: () => Promise<Committed>,
): Promise<Committed | ({ kind: 'full' } & Full)> {
  const { own, others } = await openOf(places, person);
  const left = limitInForce(inForce, 'openPerUser').most - others.length;
  if (left <= 0 || !(await places.take(person, request, left))) {
    return { kind: 'full', ...full([...own, ...others], inForce) };
  }
  try {
    const made = await make();
    if (made.kind !== 'committed') await places.release(person, request);
    return made;
  } catch (fault) {
    // A request that may have been made keeps its place; if it was not, the place is given up by itself.
    if (!(fault instanceof OutcomeUnknown)) await places.release(person, request);
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
  const [own = [], ...others] = await Promise.all(ids.map((id) => places.taken({ team, user: id })));
  return { own, others: others.flat() };
}

function full(open: string[], inForce: PolicyInForce): Full {
  const { most, ...by } = limitInForce(inForce, 'openPerUser');
  return { refusal: { why: 'limit', limit: 'openPerUser', most, open }, ...by };
}
