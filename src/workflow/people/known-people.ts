import {
  type Groups,
  known,
  type People,
  type Person,
  type PersonIds,
  type Principals,
  personKey,
  type Rule,
} from '../../domain/policy/policy.ts';
import { approverIds, possibleApprovers } from '../../domain/policy/possible-approvers.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { PersonUnknown } from '../faults.ts';
import type { People as Directory } from '../ports/people.ts';

/**
 * Slack allows 100 look-ups a minute, and one answer to one person may use a part of them. Results are remembered for
 * minutes, so the same question gets further each time.
 */
const MAX_LOOKED_UP = 60;
/** How many at a time: a few approvers are enough for most rules. */
const AT_ONCE = 5;

/** Who these users are. Those that Slack does not answer for are left out. */
export async function lookUpPeople({ lately }: Pick<Directory, 'lately'>, ids: readonly string[]): Promise<People> {
  const found = await Promise.all([...new Set(ids)].map(async (id) => [id, await orUnknown(lately(id))] as const));
  return new Map(found.filter((one): one is [string, Person] => one[1] !== null));
}

/**
 * A rule's approvers, as many as it takes to find `enough` who may approve: a group of hundreds costs no more than a
 * few look-ups.
 */
export async function lookUpApprovers(
  directory: Pick<Directory, 'lately' | 'remembers'>,
  rule: Rule,
  requester: PersonIds,
  { groups, enough }: { groups: Groups; enough: number },
): Promise<People> {
  const ids = approverIds(rule, groups);
  let people: People = new Map();
  let budget = MAX_LOOKED_UP;
  for (let from = 0; from < ids.length && enough > possibleApprovers(rule, requester, groups, people).people.length; ) {
    const next = ids.slice(from, from + Math.max(AT_ONCE, enough));
    budget -= next.filter((id) => !directory.remembers(id)).length;
    if (budget < 0) break;
    people = new Map([...people, ...(await lookUpPeople(directory, next))]);
    from += next.length;
  }
  return people;
}

/**
 * Whom a message may name as allowed to do what `principals` may: each person once, full members only, without
 * `except`. Groups stay as they are, because Slack notifies a group as a whole. So do users that Slack does not answer
 * for.
 */
export async function nameable(
  directory: Pick<Directory, 'lately'>,
  principals: Principals,
  except: { user: string } | null = null,
): Promise<Principals> {
  const ids = except ? [...principals.users, except.user] : principals.users;
  const people = await lookUpPeople(directory, ids.slice(-MAX_LOOKED_UP));
  const taken = new Set(except ? [personKey(known(except, people))] : []);
  const users = principals.users.filter((user) => {
    const key = personKey(known({ user }, people));
    const may = (people.get(user)?.kind ?? 'member') === 'member' && !taken.has(key) && user !== except?.user;
    if (may) taken.add(key);
    return may;
  });
  return { ...principals, users };
}

/**
 * Everybody who requested or approved one of these, as many as one answer may look up. Needed only for a person with a
 * second id: all others can be compared by the id that they have.
 */
export function lookUpParties(
  directory: Pick<Directory, 'lately' | 'remembers'>,
  person: Person,
  requests: readonly Pick<ThrottleRequest, 'requester' | 'approvals'>[],
): Promise<People> {
  if (person.enterprise == null) return Promise.resolve(new Map());
  const ids = [...new Set(requests.flatMap(partiesOf))];
  const beyond = new Set(ids.filter((id) => !directory.remembers(id)).slice(MAX_LOOKED_UP));
  return lookUpPeople(
    directory,
    ids.filter((id) => !beyond.has(id)),
  );
}

/** Who requested and who approved it, by user id. */
export function partiesOf({ requester, approvals }: Pick<ThrottleRequest, 'requester' | 'approvals'>): string[] {
  return [requester.user, ...approvals.map(({ by }) => by.user)];
}

/** Null where Slack can't say who it is. */
async function orUnknown(looking: Promise<Person>): Promise<Person | null> {
  try {
    return await looking;
  } catch (fault) {
    if (fault instanceof PersonUnknown) return null;
    throw fault;
  }
}
