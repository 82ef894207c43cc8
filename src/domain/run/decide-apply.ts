import type { AuditEvent, Detail, EventOf } from '../audit/audit-event.ts';
import { isBeyondChange, isUpdatable, type TaskExecution } from '../execution/task-execution.ts';
import { countedPolicies } from '../policy/policies-in-force.ts';
import { decideExpire } from '../request/decide-expire.ts';
import { approvalsOf, approvalValidity, type ReviewFacts, ruleNow } from '../request/decide-review.ts';
import { staleEvent, stateEvent } from '../request/request-event.ts';
import type { FailedWhy, ThrottleRequest } from '../request/throttle-request.ts';
import { type Deferral, type Refused, refusedDetail, type Sent, tryAgain } from './sending.ts';

/**
 * How long the bot keeps checking if AWS denies reading the execution after a change was sent. After that a person has
 * to check.
 */
export const UNSEEN_SECONDS = 900;

export type BeginDecision =
  | { kind: 'send'; event: AuditEvent }
  | { kind: 'end'; event: AuditEvent }
  /** Slack does not say who may decide, or a bot runs with a policy that can't be read: the apply waits. */
  | { kind: 'wait'; for: 'groups' | 'policies' }
  /** The status is unknown to this version, so it is unclear whether AWS would accept the change. */
  | { kind: 'wait'; for: 'status' };

/**
 * Before anything is sent: is the approval still valid, and has the request not expired? Without the execution only the
 * rest is checked, and `send` means that AWS has to be called next.
 */
export function decideBegin(request: ThrottleRequest, facts: ReviewFacts): BeginDecision {
  const [expired] = decideExpire(request, facts.now, facts.inForce);
  if (expired) return { kind: 'end', event: expired };
  const validity = approvalValidity(request, facts);
  switch (validity.kind) {
    case 'unknown':
      return { kind: 'wait', for: 'groups' };
    case 'policies-differ':
      return { kind: 'wait', for: 'policies' };
    case 'stale':
      return { kind: 'end', event: staleEvent(request, validity.why, facts, validity.rate, validity.digest) };
    case 'valid': {
      if (approvalsOf(request, facts.people) < validity.needed) {
        return { kind: 'end', event: staleEvent(request, 'policy', facts, null, validity.digest) };
      }
      if (facts.execution && !isUpdatable(facts.execution.status)) return { kind: 'wait', for: 'status' };
      const role = ruleNow(request, facts.inForce)?.role ?? null;
      const intent = startedEvent(request, facts.inForce.digest, role, 1);
      return { kind: 'send', event: { ...intent, detail: { ...intent.detail, ...countedPolicies(facts.inForce) } } };
    }
  }
}

/**
 * The intent, recorded before the change is sent. With `putOff`: AWS did not accept it this time, and it will be sent
 * again.
 */
export function startedEvent(
  request: ThrottleRequest,
  policy: string,
  role: string | null,
  attempt: number,
  putOff: Deferral | null = null,
): EventOf<'apply.started'> {
  return stateEvent(request, 'apply.started', null, policy, { attempt, role, ...(putOff ? { putOff } : {}) });
}

/** What the execution shows about a change that was sent, or may have been. */
export type Verdict =
  | { kind: 'end'; event: AuditEvent }
  | { kind: 'look-again' }
  | { kind: 'send-again'; event: AuditEvent }
  /** AWS did not accept it yet. That is recorded, and the change is sent again later. */
  | { kind: 'put-off'; event: AuditEvent; putOff: Deferral };

/**
 * Judges what AWS shows after the change was sent. The requested rate: applied. The old rate: not yet, and after a
 * while it is sent again. A third rate: set by somebody else. Ended with the old rate: too late.
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
    return { kind: 'end', event: { ...stateEvent(request, 'applied', null, facts.policy, detail), aws } };
  }
  const failed = (why: FailedWhy, more: Pick<Detail<'apply.failed'>, 'refused'> = {}): Verdict => ({
    kind: 'end',
    event: { ...stateEvent(request, 'apply.failed', null, facts.policy, { why, ...detail, ...more }), aws },
  });
  if (rate !== request.from) return failed('other-rate');
  if (isBeyondChange(execution.status)) return failed('ended');
  if (refused) return failed(refused.why, { refused: refusedDetail({ ...refused, role: apply.role }) });
  const putOff = facts.sent?.putOff ?? null;
  if (putOff) {
    return { kind: 'put-off', putOff, event: startedEvent(request, facts.policy, apply.role, apply.attempt, putOff) };
  }
  const next = tryAgain(apply, facts.now);
  if (next === 'wait') return { kind: 'look-again' };
  if (next === 'give-up') return failed('ignored');
  return { kind: 'send-again', event: startedEvent(request, facts.policy, apply.role, next.attempt) };
}

/** A denied read, and the role it was tried under. */
export interface Denied extends Refused {
  requestId: string | null;
}

/**
 * How a change ends if AWS denies reading its result. Null: not yet. It fails if AWS refused the only attempt, so that
 * nothing was carried out. Otherwise it is given up only after a while, as unknown.
 */
export function unseenEnd(
  { sentAt, attempt }: { sentAt: string; attempt: number },
  denied: Denied,
  { now, sent }: { now: Date; sent: Sent | null },
): { why: 'denied' | 'rejected' | 'unseen'; about: Denied } | null {
  const refused = sent?.refused ?? null;
  if (refused && attempt === 1)
    return { why: refused.why, about: { ...denied, action: refused.action, said: refused.said ?? null } };
  const lasts = now.getTime() - Date.parse(sentAt) >= UNSEEN_SECONDS * 1000;
  return lasts ? { why: 'unseen', about: denied } : null;
}

/** AWS denies reading the result of a change that was sent, or may have been. Null: not given up yet. */
export function judgeUnseen(
  request: ThrottleRequest,
  denied: Denied,
  facts: { policy: string; now: Date; sent: Sent | null },
): EventOf<'apply.failed'> | null {
  if (!request.apply) throw new Error(`${request.id}: judged before it was begun`);
  const end = unseenEnd(request.apply, denied, facts);
  return end && deniedEvent(request, facts.policy, end.about, end.why);
}

/** AWS no longer knows the execution, so the change can't have taken effect. */
export function vanishedEvent(
  request: ThrottleRequest,
  policy: string,
  { requestId, said }: { requestId: string | null; said: string | null },
): EventOf<'apply.stale'> | EventOf<'apply.failed'> {
  const more = { rate: null, ...(said ? { said } : {}) };
  const aws = { requestId };
  return request.apply === null
    ? { ...stateEvent(request, 'apply.stale', null, policy, { why: 'status', ...more }), aws }
    : { ...stateEvent(request, 'apply.failed', null, policy, { why: 'not-found', ...more }), aws };
}

/** AWS denies access to the execution, and waiting would not help. */
export function deniedEvent(
  request: ThrottleRequest,
  policy: string,
  refused: Denied,
  why: FailedWhy = 'denied',
): EventOf<'apply.failed'> {
  const detail = { why, rate: null, refused: refusedDetail(refused) };
  return { ...stateEvent(request, 'apply.failed', null, policy, detail), aws: { requestId: refused.requestId } };
}

/**
 * It is unknown what AWS did. Recorded once, and once more when it turns out that AWS denies reading (`denied`). Null
 * if that is already recorded.
 */
export function unknownEvent(
  request: ThrottleRequest,
  policy: string,
  { why, said }: { why: string; said: string | null },
  denied: Denied | null = null,
): EventOf<'apply.unknown'> | null {
  const { apply } = request;
  if (!apply || (apply.unknownSince && (!denied || apply.refused))) return null;
  const refused = denied ? { refused: refusedDetail(denied) } : {};
  const detail = { why, ...(said && !denied ? { said } : {}), ...refused };
  return stateEvent(request, 'apply.unknown', null, policy, detail);
}
