import type { AuditEvent } from './audit-event.ts';
import {
  type AskCommand,
  type AskDecision,
  approversRefusal,
  type PolicyInForce,
  requestedEvent,
} from './decide-request.ts';
import { scheduledEvent } from './decide-revert.ts';
import { staleEvent, stateEvent } from './decide-review.ts';
import { type Hold, isHeld, isReverting } from './hold.ts';
import { approvalsNeeded, type Groups, type People, type Rule } from './policy.ts';
import { isUpdatable, type TaskExecution } from './task-execution.ts';
import type { RequestedDetail, ThrottleRequest } from './throttle-request.ts';

/** More time for a limit whose time runs: its rate is not asked for, it is the one that is held. */
export type ExtendCommand = Omit<AskCommand, 'rate' | 'durationSeconds'> & { durationSeconds: number };

/**
 * Asks for more time by the same rule as for the limit itself: as many approvals as that change needed, and `maxDuration`
 * over all its time. What was asked of the person and the policy alone (`admit`) is not asked again.
 */
export function decideExtension(
  command: ExtendCommand,
  running: ThrottleRequest,
  facts: { rule: Rule; inForce: PolicyInForce; groups: Groups; people: People; execution: TaskExecution; now: Date },
  id: string,
): AskDecision {
  const { rule, execution } = facts;
  if (!canExtend(running)) return { ok: false, refusal: { why: 'not-held' } };
  if (!isUpdatable(execution.status)) return { ok: false, refusal: { why: 'not-updatable', status: execution.status } };
  const current = execution.bytesPerSecond;
  if (current !== running.to) return { ok: false, refusal: { why: 'cannot-extend', set: running.to, current } };
  const extension = extensionOf(running, command.durationSeconds);
  const held = extension.totalSeconds - command.durationSeconds;
  const max = rule.maxDurationSeconds;
  if (max !== null && extension.totalSeconds > max) {
    return { ok: false, refusal: { why: 'duration-too-long', rule, asked: extension.totalSeconds, max, held } };
  }
  const needed = approvalsNeeded(rule, running.direction);
  if (needed === null) return { ok: false, refusal: { why: 'unlimited-not-allowed', rule } };
  const asked: AskCommand = { ...command, rate: { kind: 'absolute', bytesPerSecond: running.to } };
  const tooFew = approversRefusal(rule, needed, asked, facts);
  if (tooFew) return { ok: false, refusal: tooFew };
  const detail: RequestedDetail = {
    taskName: execution.taskName,
    mode: execution.mode,
    direction: running.direction,
    duration: command.durationSeconds,
    approvals: needed,
    expiresAt: new Date(facts.now.getTime() + rule.expiresInSeconds * 1000).toISOString(),
    extends: extension,
  };
  const proposal = { from: running.to, to: running.to, detail };
  return { ok: true, event: requestedEvent(asked, facts, id, proposal), proposal };
}

/** Whether there is time that still runs, nothing is on its way to AWS, and nobody wants it back now. */
export function canExtend(request: ThrottleRequest): request is ThrottleRequest & { hold: Hold } {
  return isHeld(request) && !isReverting(request) && request.hold.by === null;
}

function extensionOf({ id, hold }: ThrottleRequest & { hold: Hold }, moreSeconds: number) {
  const due = Date.parse(hold.dueAt) + moreSeconds * 1000;
  const totalSeconds = Math.round((due - Date.parse(hold.since)) / 1000);
  return { request: id, dueAt: new Date(due).toISOString(), totalSeconds };
}

/**
 * Agreed: the request takes the place of the one whose time it lengthens, with its end and the rate to go back to. Where
 * that one's time is over, or another took its place, `apply.stale`.
 */
export function lengthenedEvents(
  request: ThrottleRequest,
  facts: { running: ThrottleRequest | null; execution: TaskExecution; policy: string; now: Date },
): AuditEvent[] {
  const { running, execution, policy, now } = facts;
  const rate = execution.bytesPerSecond;
  if (!running || running.id !== request.extends?.request || !canExtend(running)) {
    return [staleEvent(request, 'timer', { inForce: { digest: policy }, execution }, rate)];
  }
  const applied: AuditEvent = {
    ...stateEvent(request, 'applied', null, policy),
    aws: { requestId: execution.requestId },
    detail: { rate, status: execution.status },
  };
  const scheduled = scheduledEvent({ ...request, version: request.version + 1 }, { policy, now, running });
  return scheduled ? [applied, scheduled] : [applied];
}
