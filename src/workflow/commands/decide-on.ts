import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { Decision } from '../../domain/request/decide-review.ts';
import type { DecisionRefusal } from '../../domain/request/refusal.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change, Committed, RecordRef } from '../ports/commit.ts';
import type { Ledger } from '../ports/ledger.ts';
import { loadProven } from '../reconcile/proven-state.ts';
import { attemptKey } from './attempt-key.ts';

export type Decided =
  | { kind: 'decided'; event: AuditEvent['event']; request: ThrottleRequest; record: RecordRef }
  /** `other`: the digest of the policy that refused, where it is not this bot's own. */
  | { kind: 'refused'; refusal: DecisionRefusal; request: ThrottleRequest | null; other?: string }
  /** The policy allows it, and there is nothing to record. */
  | { kind: 'may'; request: ThrottleRequest }
  /** The same click again: nothing is done, what the first one recorded counts. */
  | { kind: 'repeated'; event: string };

/** How often a decision is made anew because the request changed meanwhile. */
const MAX_TRIES = 20;

/**
 * Loads the request, decides and commits, all of it again if the request changed meanwhile. `what`: the attempt, in a
 * record's words.
 */
export async function decideOn(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  { request: id, user, op, what }: { request: string; user: string; op: string; what: string },
  decide: (request: ThrottleRequest) => Promise<Decision>,
): Promise<Decided> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await loadProven(ledger, id);
    if (!stored) return { kind: 'refused', refusal: { why: 'unknown-request' }, request: null };
    const decision = await decide(stored.request);
    if (decision.events.length === 0) {
      if (decision.ok) return { kind: 'may', request: stored.request };
      return refusedBy(decision, stored.request);
    }
    const { refusal } = decision.ok ? {} : decision;
    // A repeated click may be refused because of what the first one did.
    const before = refusal ? await ledger.done(op) : null;
    if (before) return { kind: 'repeated', event: before.event };
    const committed = await ledger.commit({
      op: refusal ? attemptKey({ user, what, request: id, why: refusal.why, at: clock.now() }) : op,
      prior: stored.request,
      events: decision.events,
      ...follows(decision.events),
    });
    if (committed.kind === 'moved') continue;
    return outcomeOf(committed, decision, stored.request);
  }
  throw new Error(`${id} moved ${MAX_TRIES} times under one decision`);
}

function outcomeOf(committed: Committed, decision: Decision, prior: ThrottleRequest): Decided {
  if (!decision.ok) return refusedBy(decision, prior);
  if (committed.kind === 'repeated') return { kind: 'repeated', event: committed.event };
  if (committed.kind !== 'committed') throw new Error(`a decision can't be ${committed.kind}`);
  const [event] = decision.events;
  const [record] = committed.records;
  if (!event || !record || !committed.state) throw new Error('a decision without its event');
  return { kind: 'decided', event: event.event, request: committed.state, record };
}

function refusedBy({ refusal, other }: Extract<Decision, { ok: false }>, request: ThrottleRequest): Decided {
  return { kind: 'refused', refusal, request, ...(other === undefined ? {} : { other }) };
}
/** The work and the timers that follow a decision. */
function follows(events: AuditEvent[]): Pick<Change, 'effects' | 'timers'> {
  const [event] = events;
  switch (event?.event) {
    case 'approved': {
      const { complete, expiresAt } = event.detail as { complete: boolean; expiresAt: string };
      if (!complete) return { effects: ['show'] };
      return { effects: ['show', 'apply'], timers: [{ kind: 'expire', at: new Date(expiresAt) }] };
    }
    // Nothing that is shown has changed.
    case 'decision.refused':
    case undefined:
      return {};
    default:
      return { effects: ['show', 'result'] };
  }
}
