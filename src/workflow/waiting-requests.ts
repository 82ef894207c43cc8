import { rulesNow, samePerson } from '../domain/decide-review.ts';
import { mayDecide, type Person, type Rule } from '../domain/policy.ts';
import type { Ledger, People, PolicySource, StoredRequest } from './ports.ts';
import { groupsOfAll } from './request-facts.ts';

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
  const rules = new Map(open.map(({ request }) => [request.id, rulesNow(request, inForce)]));
  const groups = await deps.people.groups(groupsOfAll([...rules.values()].flat()));
  const canDecide = ({ request }: StoredRequest) => {
    const fresh = request.status === 'pending' && !request.approvals.some(({ by }) => samePerson(by, person));
    const may = (rule: Rule | null) => rule !== null && mayDecide(rule, person, request.requester, groups).allowed;
    return fresh && (rules.get(request.id) ?? []).every(may);
  };
  return { person, toDecide: open.filter(canDecide), others: open.filter((stored) => !canDecide(stored)) };
}
