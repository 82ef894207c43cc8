import { rulesNow } from '../../domain/request/decide-review.ts';
import type { RevertRefusal } from '../../domain/request/refusal.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { decideRevertNow } from '../../domain/run/decide-revert-now.ts';
import { lookUpParties } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { EffectKind } from '../ports/outbox.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { loadProven, provenInForce } from '../reconcile/proven-state.ts';
import { attemptKey } from './attempt-key.ts';

export type RevertingNow =
  | { kind: 'reverting'; request: ThrottleRequest }
  | { kind: 'refused'; refusal: RevertRefusal; other?: string }
  | { kind: 'repeated' };

const MAX_TRIES = 10;

/**
 * Reverts a limit before its time: who pressed Revert now goes on record, and the worker reverts the limit as if its
 * time were over.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function revertNow(
  deps: { ledger: Ledger; people: People; policy: PolicySource; clock: Clock },
  { request: id, user, op }: { request: string; user: string; op: string },
): Promise<RevertingNow> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await loadProven(deps.ledger, id);
    if (!stored) return { kind: 'refused', refusal: { why: 'unknown-request' } };
    const { request } = stored;
    // Another limit may have replaced it without that being on its record yet.
    const { setBy } = await provenInForce(deps.ledger, id, request.execution);
    if (setBy?.request !== id) return { kind: 'refused', refusal: { why: 'not-held' } };
    const inForce = await deps.policy.counting();
    const named = groupsOfAll(rulesNow(request, inForce));
    const [by, groups] = await Promise.all([deps.people.person(user), deps.people.groups(named)]);
    const people = await lookUpParties(deps.people, by, [request]);
    const now = deps.clock.now();
    const decision = decideRevertNow(request, by, { inForce, groups, people, now });
    if (!decision.ok && !decision.event) return refusedBy(decision);
    const { refusal } = decision.ok ? {} : decision;
    // A repeated click may be refused because of what the first one did.
    if (refusal && (await deps.ledger.done(op))) return { kind: 'repeated' };
    const recordedAs = refusal ? attemptKey({ user, what: 'revert', request: id, why: refusal.why, at: now }) : op;
    const change = { op: recordedAs, prior: request, events: decision.event ? [decision.event] : [] };
    const effects: EffectKind[] = decision.ok ? ['revert', 'show', 'tell'] : [];
    const committed = await deps.ledger.commit({ ...change, effects });
    if (committed.kind === 'moved') continue;
    if (!decision.ok) return refusedBy(decision);
    if (committed.kind === 'repeated') return { kind: 'repeated' };
    if (committed.kind !== 'committed' || !committed.state) throw new Error(`ending a time can't be ${committed.kind}`);
    return { kind: 'reverting', request: committed.state };
  }
  throw new Error(`${id} moved ${MAX_TRIES} times under one click`);
}

function refusedBy({ refusal, other }: { refusal: RevertRefusal; other?: string }): RevertingNow {
  return { kind: 'refused', refusal, ...(other === undefined ? {} : { other }) };
}
