import { ruleNow, samePerson } from '../domain/decide-review.ts';
import { groupsOf, mayDecide, type Person } from '../domain/policy.ts';
import type { Ledger, People, PolicySource, StoredRequest } from './ports.ts';

const MOST_READ = 200;

/** The open requests, oldest first, as one person sees them. */
export interface WaitingRequests {
  person: Person;
  /** Those that this person can decide now. */
  toDecide: StoredRequest[];
  others: StoredRequest[];
}

/** @throws PersonUnknown, NotRecorded */
export async function waitingRequests(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  user: string,
): Promise<WaitingRequests> {
  const open = await deps.ledger.openRequests(MOST_READ);
  const person = await deps.people.person(user);
  const inForce = deps.policy.current();
  const rules = new Map(open.map(({ request }) => [request.id, ruleNow(request, inForce)]));
  const groups = await deps.people.groups([...new Set([...rules.values()].flatMap((rule) => groupsOf(rule)))]);
  const canDecide = ({ request }: StoredRequest) => {
    const rule = rules.get(request.id);
    const fresh = request.status === 'pending' && !request.approvals.some(({ by }) => samePerson(by, person));
    return fresh && rule != null && mayDecide(rule, person, request.requester, groups).allowed;
  };
  return { person, toDecide: open.filter(canDecide), others: open.filter((stored) => !canDecide(stored)) };
}
