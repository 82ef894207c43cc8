import { rulesNow } from '../domain/decide-review.ts';
import { known, mayDecide, type Person, type Rule, samePerson } from '../domain/policy.ts';
import { lookUpParties } from './known-people.ts';
import type { Ledger, StoredRequest } from './ports.ts';
import { approverGroups } from './request-facts.ts';
import { type ShownDeps, shownTo } from './shown-requests.ts';

const MOST_READ = 200;

/** The open requests, oldest first, as one person sees them: what others asked in private channels without what is private. */
export interface WaitingRequests {
  person: Person;
  /** Those that this person can decide now. */
  toDecide: StoredRequest[];
  others: StoredRequest[];
  /** Of the others, those that this person asked. */
  asked: StoredRequest[];
}

/** @throws PersonUnknown, NotRecorded */
export async function waitingRequests(deps: ShownDeps & { ledger: Ledger }, person: Person): Promise<WaitingRequests> {
  const open = await deps.ledger.openRequests(MOST_READ);
  const requests = open.map(({ request }) => request);
  const inForce = deps.policy.current();
  const rules = new Map(requests.map((request) => [request.id, rulesNow(request, inForce)]));
  const [groups, parties, shown] = await Promise.all([
    deps.people.groupsLately(approverGroups([...rules.values()].flat())),
    lookUpParties(deps.people, person, requests),
    shownTo(deps, person, requests),
  ]);
  const canDecide = ({ request }: StoredRequest) => {
    const requester = known(request.requester, parties);
    const fresh =
      request.status === 'pending' && !request.approvals.some(({ by }) => samePerson(known(by, parties), person));
    const may = (rule: Rule | null) => rule !== null && mayDecide(rule, person, requester, groups).allowed;
    return fresh && (rules.get(request.id) ?? []).every(may);
  };
  const others = open
    .filter((stored) => !canDecide(stored))
    .map((stored) => ({ ...stored, request: shown(stored.request) }));
  const asked = others.filter(({ request }) => samePerson(known(request.requester, parties), person));
  return { person, toDecide: open.filter(canDecide), others, asked };
}
