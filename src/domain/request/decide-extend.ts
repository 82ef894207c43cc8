import type { AuditEvent } from '../audit/audit-event.ts';
import { isUpdatable, type TaskExecution } from '../execution/task-execution.ts';
import type { PolicyInForce } from '../policy/policies-in-force.ts';
import { scheduledEvent } from '../run/decide-revert.ts';
import { hasOpenGrant, isReverting, type TimedGrant } from '../run/timed-grant.ts';
import { decideByEach, type Proposed, type RequestDecision, type RequestFacts } from './decide-by-each.ts';
import { ruleNow } from './decide-review.ts';
import type { RequestCommand } from './request-command.ts';
import { staleEvent, stateEvent } from './request-event.ts';
import { directionsOfMoreTime, weigh } from './takeover.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** More time for a limit that has an end; the rate does not change. */
export type ExtendCommand = Omit<RequestCommand, 'rate' | 'durationSeconds'> & { durationSeconds: number };

/**
 * An extension is judged by the same rule as the limit itself. It needs as many approvals as that change did, and
 * `maxDuration` applies to the total time. If the requester may not end the limit today, it needs as many approvals as
 * ending it would. What `admit` has checked about the person and the policy is not checked again.
 */
export function decideExtension(
  command: ExtendCommand,
  running: ThrottleRequest,
  facts: Omit<RequestFacts, 'running'>,
  id: string,
): RequestDecision {
  const { execution } = facts;
  if (!canExtend(running)) return { ok: false, refusal: { why: 'not-held' } };
  if (!isUpdatable(execution.status)) return { ok: false, refusal: { why: 'not-updatable', status: execution.status } };
  const current = execution.bytesPerSecond;
  if (current !== running.to) return { ok: false, refusal: { why: 'cannot-extend', set: running.to, current } };
  const extension = extensionOf(running, command.durationSeconds);
  const held = extension.totalSeconds - command.durationSeconds;
  const asked: RequestCommand = { ...command, rate: { kind: 'absolute', bytesPerSecond: running.to } };
  const { to } = running;
  const change = { requester: command.requester, from: to, to, endsAt: new Date(extension.dueAt) };
  return decideByEach(asked, { ...facts, running }, id, ({ rule, policy }): Proposed => {
    const max = rule.maxDurationSeconds;
    if (max !== null && extension.totalSeconds > max) {
      return { ok: false, refusal: { why: 'duration-too-long', rule, asked: extension.totalSeconds, max, held } };
    }
    const directions = directionsOfMoreTime(running.direction, to, running);
    const { direction, needed, takeover, lowers } = weigh(change, directions, {
      running,
      rule,
      runningRule: ruleNow(running, { policy }),
      groups: facts.groups,
      people: facts.people,
    });
    if (needed === null) {
      return { ok: false, refusal: { why: 'unlimited-not-allowed', rule, ...(takeover ? { takeover } : {}) } };
    }
    const more = { extends: extension, ...(takeover ? { takeover } : {}) };
    return { ok: true, from: to, to, direction, needed, lowers, more };
  });
}

/** Whether the limit's end is still ahead, no change is on its way to AWS, and nobody has reverted it early. */
export function canExtend(request: ThrottleRequest): request is ThrottleRequest & { hold: TimedGrant } {
  return hasOpenGrant(request) && !isReverting(request) && request.hold.by === null;
}

function extensionOf({ id, hold }: ThrottleRequest & { hold: TimedGrant }, moreSeconds: number) {
  const due = Date.parse(hold.dueAt) + moreSeconds * 1000;
  const totalSeconds = Math.round((due - Date.parse(hold.since)) / 1000);
  return { request: id, dueAt: new Date(due).toISOString(), totalSeconds };
}

/**
 * Approved: this request replaces the one that it extends, with the new end and the same rate to revert to. If that
 * one's time is over, or another request replaced it, the result is `apply.stale`.
 */
export function lengthenedEvents(
  request: ThrottleRequest,
  facts: { running: ThrottleRequest | null; execution: TaskExecution; inForce: PolicyInForce; now: Date },
): AuditEvent[] {
  const { running, execution, inForce, now } = facts;
  const policy = inForce.digest;
  const rate = execution.bytesPerSecond;
  if (!running || running.id !== request.extends?.request || !canExtend(running)) {
    return [staleEvent(request, 'timer', { inForce, execution }, rate)];
  }
  const applied = {
    ...stateEvent(request, 'applied', null, policy, { rate, status: execution.status }),
    aws: { requestId: execution.requestId },
  };
  const scheduled = scheduledEvent({ ...request, version: request.version + 1 }, { policy, now, running });
  return scheduled ? [applied, scheduled] : [applied];
}
