import type { AuditEvent } from '../domain/audit-event.ts';
import { vanishedEvent } from '../domain/decide-apply.ts';
import { type Decision, decideOpen, decideReview, type ReviewCommand, ruleNow } from '../domain/decide-review.ts';
import type { DecisionRefusal } from '../domain/refusal.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { lookOnce } from './change-at-aws.ts';
import { AwsFault } from './faults.ts';
import type {
  Absences,
  Change,
  Clock,
  Committed,
  Executions,
  Ledger,
  People,
  PolicySource,
  RecordRef,
} from './ports.ts';
import { attemptKey } from './refused-attempt.ts';
import { standingFacts } from './request-facts.ts';

export interface ReviewDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  people: People;
  policy: PolicySource;
  clock: Clock;
}

export type Decided =
  | { kind: 'decided'; event: AuditEvent['event']; request: ThrottleRequest; record: RecordRef }
  /** `other`: the digest of the policy that refused, where it is not this bot's own. */
  | { kind: 'refused'; refusal: DecisionRefusal; request: ThrottleRequest | null; other?: string }
  /** The policy lets them, and there is nothing to record. */
  | { kind: 'may'; request: ThrottleRequest }
  /** The same click again: what it recorded the first time stands. */
  | { kind: 'repeated'; event: string };

export interface Review extends Omit<ReviewCommand, 'by'> {
  request: string;
  user: string;
  op: string;
}

/** How often a decision is made anew because the request moved under it. */
const MOST_TRIES = 20;

/**
 * Approves or denies, by the policy, the people and the execution as they are now.
 * @throws AwsFault where AWS can't say and an approval would be blind; PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function reviewRequest(deps: ReviewDeps, review: Review): Promise<Decided> {
  return decideOn(deps, { ...review, what: review.decision }, async (request) => {
    const by = await deps.people.person(review.user);
    const facts = { ...(await standingFacts(deps, request)), execution: null, now: deps.clock.now() };
    const { decision, comment } = review;
    const command = { by, decision, comment };
    // AWS is asked only where an approval would come of it: so its faults hide no refusal.
    const may = decideOpen(request, by, facts);
    if (!may.ok || may.events.length > 0 || decision === 'deny') return decideReview(request, command, facts);
    const role = ruleNow(request, facts.inForce)?.role ?? null;
    const execution = await lookOnce(deps, request, { role, session: { kind: 'read' } });
    if (execution instanceof AwsFault) {
      if (execution.kind === 'gone') return vanished(request, facts.inForce.digest, execution);
      throw execution;
    }
    return decideReview(request, command, { ...facts, execution, now: deps.clock.now() });
  });
}

/** A request about what is not there any more has nothing left to agree to. */
export function vanished(request: ThrottleRequest, policy: string, fault: AwsFault): Decision {
  return { ok: true, events: [vanishedEvent(request, policy, fault)] };
}

/** Load, decide, commit; decided anew where the request moved meanwhile. `what`: how it was tried. */
export async function decideOn(
  { ledger, clock }: Pick<ReviewDeps, 'ledger' | 'clock'>,
  { request: id, user, op, what }: { request: string; user: string; op: string; what: string },
  decide: (request: ThrottleRequest) => Promise<Decision>,
): Promise<Decided> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stored = await ledger.load(id);
    if (!stored) return { kind: 'refused', refusal: { why: 'unknown-request' }, request: null };
    const decision = await decide(stored.request);
    if (decision.events.length === 0) {
      if (decision.ok) return { kind: 'may', request: stored.request };
      return refusedBy(decision, stored.request);
    }
    const { refusal } = decision.ok ? {} : decision;
    // The same click again may be refused for what it did itself.
    const before = refusal ? await ledger.done(op) : null;
    if (before) return { kind: 'repeated', event: before.event };
    const committed = await ledger.commit({
      op: refusal ? attemptKey({ user, what, request: id, why: refusal.why, at: clock.now() }) : op,
      prior: stored.request,
      events: decision.events,
      ...follows(decision.events),
    });
    if (committed.kind === 'moved') continue;
    return outcome(committed, decision, stored.request);
  }
  throw new Error(`${id} moved ${MOST_TRIES} times under one decision`);
}

function outcome(committed: Committed, decision: Decision, prior: ThrottleRequest): Decided {
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
      const { complete, expiresAt } = event.detail;
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
