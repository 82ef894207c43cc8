import type { AuditEvent, Detail, EventOf } from '../audit/audit-event.ts';
import { isBeyondChange, isUpdatable, type TaskExecution } from '../execution/task-execution.ts';
import { countedPolicies } from '../policy/policies-in-force.ts';
import { decideExpire } from '../request/decide-expire.ts';
import { approvalsOf, approvalValidity, type ReviewFacts, ruleNow } from '../request/decide-review.ts';
import { staleEvent, stateEvent } from '../request/request-event.ts';
import type { FailedWhy, ThrottleRequest } from '../request/throttle-request.ts';
import { type Deferral, type Refused, refusedDetail, type Sent, tryAgain } from './sending.ts';

/** How long the bot goes on checking where AWS does not let it look at what was sent. After that a person has to. */
export const UNSEEN_SECONDS = 900;

export type BeginDecision =
  | { kind: 'send'; event: AuditEvent }
  | { kind: 'end'; event: AuditEvent }
  /** Slack can't say who may, or a bot runs whose policy can't be read: the apply waits. */
  | { kind: 'wait'; for: 'groups' | 'policies' }
  /** In a status that isn't known here, so that nobody knows whether AWS would take it. */
  | { kind: 'wait'; for: 'status' };

/**
 * Before anything is sent: does all that was approved still hold, and is it in time? Without the execution it is judged by
 * the rest, and `send` only means that AWS has to be asked next.
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

/** The intent, on record before the change is sent. With `putOff`: AWS did not take it this time, and it is to be sent again. */
export function startedEvent(
  request: ThrottleRequest,
  policy: string,
  role: string | null,
  attempt: number,
  putOff: Deferral | null = null,
): EventOf<'apply.started'> {
  return stateEvent(request, 'apply.started', null, policy, { attempt, role, ...(putOff ? { putOff } : {}) });
}

/** What a look at the execution says of a change that was sent, or may have been. */
export type Verdict =
  | { kind: 'end'; event: AuditEvent }
  | { kind: 'look-again' }
  | { kind: 'send-again'; event: AuditEvent }
  /** AWS put it off: that goes on record, and it is sent again after a while. */
  | { kind: 'put-off'; event: AuditEvent; putOff: Deferral };

/**
 * What a look at AWS means after the change was sent: the requested rate → applied; the old rate → not yet, and after a
 * while send again; a third rate → somebody else's; ended with the old rate → too late.
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

/** A look that AWS did not allow, and under which role. */
export interface Denied extends Refused {
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
  if (refused && attempt === 1)
    return { why: refused.why, about: { ...denied, action: refused.action, said: refused.said ?? null } };
  const lasts = now.getTime() - Date.parse(sentAt) >= UNSEEN_SECONDS * 1000;
  return lasts ? { why: 'unseen', about: denied } : null;
}

/** AWS lets nobody look at what was sent, or may have been. Null: not given up yet. */
export function judgeUnseen(
  request: ThrottleRequest,
  denied: Denied,
  facts: { policy: string; now: Date; sent: Sent | null },
): EventOf<'apply.failed'> | null {
  if (!request.apply) throw new Error(`${request.id}: judged before it was begun`);
  const end = unseenEnd(request.apply, denied, facts);
  return end && deniedEvent(request, facts.policy, end.about, end.why);
}

/** AWS no longer knows the execution: the change can't be in force. */
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
 * Nobody can say what AWS did: on record until it is known, once, and once more where it turns out that AWS lets the bot not
 * look (`denied`). Null where that is on record already.
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
