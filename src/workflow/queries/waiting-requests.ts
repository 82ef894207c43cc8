import { known, mayDecide, type Person, type Rule, samePerson } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import { tookPart } from '../../domain/request/private-request.ts';
import { lookUpParties } from '../people/known-people.ts';
import { groupsToLookUp } from '../people/rule-groups.ts';
import { type ShownDeps, shownTo } from '../people/shown-requests.ts';
import type { Ledger, StoredRequest } from '../ports/ledger.ts';

/** The open requests, oldest first, as one person sees them. */
export interface WaitingRequests {
  person: Person;
  /** Everything that this person can decide now. */
  toDecide: StoredRequest[];
  /** The first of the others, those from private channels without their private part. */
  others: StoredRequest[];
  /** Of the others, all of this person's own. */
  asked: StoredRequest[];
  /** How many are open. */
  total: number;
}

/**
 * With `room` for that many, those that this person can decide first. Of the others, only as many as fit are looked up
 * further.
 * @throws PersonUnknown, NotRecorded
 */
export async function waitingRequests(
  deps: ShownDeps & { ledger: Ledger },
  person: Person,
  room: number,
): Promise<WaitingRequests> {
  const open = await deps.ledger.openRequests();
  const requests = open.map(({ request }) => request);
  const inForce = deps.policy.current();
  const rules = new Map(requests.map((request) => [request.id, rulesNow(request, inForce)]));
  const parties = await lookUpParties(deps.people, person, requests);
  const undecided = requests.filter((request) => request.status === 'pending' && !tookPart(request, person, parties));
  const approvers = undecided.flatMap(({ id }) => rules.get(id) ?? []).map((rule) => rule?.approvers);
  const groups = await deps.people.groupsLately(groupsToLookUp(person, approvers));
  const fresh = new Set(undecided);
  const canDecide = ({ request }: StoredRequest) => {
    const requester = known(request.requester, parties);
    const may = (rule: Rule | null) => rule !== null && mayDecide(rule, person, requester, groups).allowed;
    return fresh.has(request) && (rules.get(request.id) ?? []).every(may);
  };
  const toDecide = open.filter(canDecide);
  const decidable = new Set(toDecide);
  const rest = open.filter((stored) => !decidable.has(stored));
  const asked = rest.filter(({ request }) => samePerson(known(request.requester, parties), person));
  const fitting = rest.slice(0, Math.max(0, room - toDecide.length));
  const shown = await shownTo(
    deps,
    person,
    fitting.map(({ request }) => request),
  );
  const others = fitting.map((stored) => ({ ...stored, request: shown(stored.request) }));
  return { person, toDecide, others, asked, total: open.length };
}
