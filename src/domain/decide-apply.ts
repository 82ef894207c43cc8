import type { AuditEvent } from './audit-event.ts';
import { decideExpire, type ReviewFacts, staleEvent, standingOf, stateEvent } from './decide-review.ts';
import { isUpdatable, type TaskExecution } from './task-execution.ts';
import type { FailedWhy, ThrottleRequest } from './throttle-request.ts';

/** How long AWS may go on showing the old limit after a change was sent, before it is sent again. */
export const SETTLE_SECONDS = 60;
/** A change that AWS took this often and never showed is given up: `apply.failed`, why `ignored`. */
export const MOST_SENDS = 3;
/** How long it is asked again where AWS no longer lets anybody look at what was sent: then a person has to. */
export const UNSEEN_SECONDS = 900;

export type BeginDecision =
  | { kind: 'send'; event: AuditEvent }
  | { kind: 'end'; event: AuditEvent }
  /** Slack can't say who may: nobody is let through, the apply waits. */
  | { kind: 'wait' };

/**
 * Before anything is sent: is all that was agreed still so, and in time? Without the execution it judges by the rest, and
 * `send` only means that AWS is to be asked.
 */
export function decideBegin(request: ThrottleRequest, facts: ReviewFacts): BeginDecision {
  const [expired] = decideExpire(request, facts.now, facts.inForce);
  if (expired) return { kind: 'end', event: expired };
  const standing = standingOf(request, facts);
  if (standing.kind === 'unknown') return { kind: 'wait' };
  if (standing.kind === 'stale') return { kind: 'end', event: staleEvent(request, standing.why, facts, standing.rate) };
  if (request.approvals.length < standing.needed) {
    return { kind: 'end', event: staleEvent(request, 'policy', facts, null) };
  }
  return { kind: 'send', event: startedEvent(request, facts.inForce.digest, standing.rule.role, 1) };
}

/** The intent, on record before the change is sent. */
export function startedEvent(
  request: ThrottleRequest,
  policy: string,
  role: string | null,
  attempt: number,
): AuditEvent {
  return { ...stateEvent(request, 'apply.started', null, policy), detail: { attempt, role } };
}

/** What a look at the execution says of a change that was sent, or may have been. */
export type Verdict =
  | { kind: 'end'; event: AuditEvent }
  | { kind: 'look-again' }
  | { kind: 'send-again'; event: AuditEvent };

/** What AWS said to the change that was sent: its request id, and why it would not take it, where it said so. */
export interface Sent {
  requestId: string | null;
  refused: { why: Extract<FailedWhy, 'denied' | 'rejected'>; action: string } | null;
}

/**
 * The table of what a later look means: the asked rate → applied; the old rate → not yet, and after a while send
 * again; a third rate → somebody else's; ended with the old rate → too late.
 */
export function judgeLook(
  request: ThrottleRequest,
  execution: TaskExecution,
  facts: { policy: string; now: Date; sent: Sent | null },
): Verdict {
  const { apply } = request;
  if (!apply) throw new Error(`${request.id}: judged before it was begun`);
  const rate = execution.bytesPerSecond;
  const refused = facts.sent?.refused ?? null;
  const aws = { requestId: execution.requestId, ...(facts.sent ? { updateRequestId: facts.sent.requestId } : {}) };
  const detail = { rate, status: execution.status, attempt: apply.attempt };
  if (rate === request.to) {
    return { kind: 'end', event: { ...stateEvent(request, 'applied', null, facts.policy), aws, detail } };
  }
  const failed = (why: FailedWhy, more: object = {}): Verdict => ({
    kind: 'end',
    event: { ...stateEvent(request, 'apply.failed', null, facts.policy), aws, detail: { why, ...detail, ...more } },
  });
  if (rate !== request.from) return failed('other-rate');
  if (!isUpdatable(execution.status)) return failed('ended');
  if (refused) return failed(refused.why, { refused: { action: refused.action, role: apply.role } });
  if (facts.now.getTime() - Date.parse(apply.sentAt) < SETTLE_SECONDS * 1000) return { kind: 'look-again' };
  if (apply.attempt >= MOST_SENDS) return failed('ignored');
  return { kind: 'send-again', event: startedEvent(request, facts.policy, apply.role, apply.attempt + 1) };
}

/** A look that AWS did not allow, and under which role. */
export interface Denied {
  action: string;
  role: string | null;
  requestId: string | null;
}

/**
 * How a change ends that nobody may look at. Not at all yet (null), but where AWS refused the only time that it was sent, so
 * that nothing was carried out, or where it lasts: then it stays unknown.
 */
export function unseenEnd(
  { sentAt, attempt }: { sentAt: string; attempt: number },
  denied: Denied,
  { now, sent }: { now: Date; sent: Sent | null },
): { why: 'denied' | 'rejected' | 'unseen'; about: Denied } | null {
  const refused = sent?.refused ?? null;
  if (refused && attempt === 1) return { why: refused.why, about: { ...denied, action: refused.action } };
  const lasts = now.getTime() - Date.parse(sentAt) >= UNSEEN_SECONDS * 1000;
  return lasts ? { why: 'unseen', about: denied } : null;
}

/** AWS lets nobody look at what was sent, or may have been. Null: not given up yet. */
export function judgeUnseen(
  request: ThrottleRequest,
  denied: Denied,
  facts: { policy: string; now: Date; sent: Sent | null },
): AuditEvent | null {
  if (!request.apply) throw new Error(`${request.id}: judged before it was begun`);
  const end = unseenEnd(request.apply, denied, facts);
  return end && deniedEvent(request, facts.policy, end.about, end.why);
}

/** AWS no longer knows the execution: the change can't be in force. */
export function vanishedEvent(request: ThrottleRequest, policy: string, awsRequestId: string | null): AuditEvent {
  const before = request.apply === null;
  return {
    ...stateEvent(request, before ? 'apply.stale' : 'apply.failed', null, policy),
    aws: { requestId: awsRequestId },
    detail: { why: before ? 'status' : 'not-found', rate: null },
  };
}

/** AWS does not let the bot near the execution, and waiting would not help. */
export function deniedEvent(
  request: ThrottleRequest,
  policy: string,
  refused: Denied,
  why: FailedWhy = 'denied',
): AuditEvent {
  const { action, role, requestId } = refused;
  return {
    ...stateEvent(request, 'apply.failed', null, policy),
    aws: { requestId },
    detail: { why, rate: null, refused: { action, role } },
  };
}

/** Nobody can say what AWS did: on record once, until it is known. Null where that stands already. */
export function unknownEvent(request: ThrottleRequest, policy: string, why: string): AuditEvent | null {
  if (!request.apply || request.apply.unknownSince) return null;
  return { ...stateEvent(request, 'apply.unknown', null, policy), detail: { why } };
}
