import { knownPolicies, type PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import type { Person } from '../../domain/policy/policy.ts';
import { distinct, groupsOf } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import type { RevertRefusal } from '../../domain/request/refusal.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { decideRevertNow, type EarlyEnd, type RevertNowDecision } from '../../domain/run/grant/decide-revert-now.ts';
import { lookUpParties, lookUpPeople, partiesOf } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change } from '../ports/commit.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { grantedRequests } from '../reconcile/end-grants.ts';
import { loadProven, provenRun } from '../reconcile/proven-state.ts';
import { attemptKey } from './attempt-key.ts';

export interface RevertDeps {
  ledger: Ledger;
  people: People;
  policy: PolicySource;
  clock: Clock;
}

export type RevertingNow =
  | { kind: 'reverting'; request: ThrottleRequest }
  | { kind: 'refused'; refusal: RevertRefusal; other?: string }
  | { kind: 'repeated' };

const MAX_TRIES = 10;

/**
 * Ends a grant before its time: who pressed Revert now goes on record, and the worker brings the run to the limit that applies
 * next. Grants above it that lack approvals without it end in the same write.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost, RunUnreadable
 */
export async function revertNow(
  deps: RevertDeps,
  { request: id, user, op }: { request: string; user: string; op: string },
): Promise<RevertingNow> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const request = (await loadProven(deps.ledger, id))?.request;
    if (!request) return { kind: 'refused', refusal: { why: 'unknown-request' } };
    const { decision, stored } = await considerRevert(deps, request, await deps.people.person(user));
    if (!decision.ok && !decision.event) return refusedBy(decision);
    const { refusal } = decision.ok ? {} : decision;
    // A repeated click may be refused because of what the first one did.
    if (refusal && (await deps.ledger.done(op))) return { kind: 'repeated' };
    const at = deps.clock.now();
    const recordedAs = refusal ? attemptKey({ user, what: 'revert', request: id, why: refusal.why, at }) : op;
    const committed = await deps.ledger.commit({ op: recordedAs, prior: request, ...writtenBy(decision, stored) });
    if (committed.kind === 'moved') continue;
    if (!decision.ok) return refusedBy(decision);
    if (committed.kind === 'repeated') return { kind: 'repeated' };
    if (committed.kind !== 'committed' || !committed.state) throw new Error(`ending a time can't be ${committed.kind}`);
    return { kind: 'reverting', request: committed.state };
  }
  throw new Error(`${id} moved ${MAX_TRIES} times under one click`);
}

/** Whether this person may end the grant now. Commits nothing. */
export async function considerRevert(
  deps: RevertDeps,
  request: ThrottleRequest,
  by: Person,
): Promise<{ decision: RevertNowDecision; stored: StoredRun }> {
  const [inForce, stored] = await Promise.all([deps.policy.counting(), provenRun(deps.ledger, request.execution)]);
  const others = await grantedRequests(deps, stored, request.id);
  const [groups, parties, approvers] = await Promise.all([
    deps.people.groups(groupsToRevert(request, inForce)),
    lookUpParties(deps.people, by, [request]),
    lookUpPeople(deps.people, others.flatMap(partiesOf)),
  ]);
  const people = new Map([...approvers, ...parties]);
  const above = new Map(others.map((one) => [one.id, one]));
  // Once the execution has ended no limit is in force, and what has no end is over too.
  const run = stored.inForce === null ? null : stored.run;
  const facts = { run, above, inForce, groups, people, now: deps.clock.now() };
  return { decision: decideRevertNow(request, by, facts), stored };
}

function groupsToRevert(request: ThrottleRequest, inForce: PolicyInForce): string[] {
  const admins = knownPolicies(inForce).flatMap(({ policy }) => groupsOf(policy.admins));
  return distinct([...groupsOfAll(rulesNow(request, inForce)), ...admins]);
}

function writtenBy(
  decision: RevertNowDecision,
  stored: StoredRun,
): Pick<Change, 'events' | 'along' | 'effects' | 'others' | 'run'> {
  if (!decision.ok) return { events: decision.event ? [decision.event] : [] };
  const [own, ...above] = decision.ends;
  return {
    events: [own.event],
    along: above.map(({ request: prior, event }) => ({ prior, events: [event] })),
    run: stored,
    effects: ['revert', 'show', 'tell'],
    others: above.flatMap(effectsOf),
  };
}

function effectsOf({ request: { id: request } }: EarlyEnd): NonNullable<Change['others']> {
  return [
    { kind: 'revert', request },
    { kind: 'show', request },
    { kind: 'tell', request },
  ];
}

function refusedBy({ refusal, other }: { refusal: RevertRefusal; other?: string }): RevertingNow {
  return { kind: 'refused', refusal, ...(other === undefined ? {} : { other }) };
}
