import type { AuditEvent } from '../audit/audit-event.ts';
import { isUpdatable, type TaskExecution } from '../execution/task-execution.ts';
import type { PolicyInForce } from '../policy/policies-in-force.ts';
import { cappedAt, desiredLimit, requestOfLimit } from '../run/desired-limit.ts';
import { scheduledEvent } from '../run/grant/schedule-end.ts';
import { hasOpenGrant, isReverting, type TimedGrant } from '../run/grant/timed-grant.ts';
import { memberOf, type Run } from '../run/run.ts';
import { weigh } from '../run/weigh-limit.ts';
import { decideByEach, type Proposed, type RequestDecision, type RequestFacts } from './decide-by-each.ts';
import { ruleNow } from './decide-review.ts';
import type { RequestCommand } from './request-command.ts';
import { staleEvent, stateEvent } from './request-event.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** More time for a limit that has an end; the rate does not change. */
export type ExtendCommand = Omit<RequestCommand, 'rate' | 'durationSeconds'> & { durationSeconds: number };

/**
 * An extension is a grant of its own: it changes what applies after the end of the limit that it extends, and is judged by that.
 * `maxDuration` applies to the total time. What `admit` has checked about the person and the policy is not checked again.
 */
export function decideExtension(
  command: ExtendCommand,
  running: ThrottleRequest,
  facts: RequestFacts,
  id: string,
): RequestDecision {
  const { execution, run, now } = facts;
  if (!canExtend(running, run, now)) return { ok: false, refusal: { why: 'not-held' } };
  if (!isUpdatable(execution.status)) return { ok: false, refusal: { why: 'not-updatable', status: execution.status } };
  const current = execution.bytesPerSecond;
  const { to } = running;
  if (current !== cappedAt(run, to, now).rate)
    return { ok: false, refusal: { why: 'cannot-extend', set: to, current } };
  const extension = extensionOf(running, command.durationSeconds);
  const held = extension.totalSeconds - command.durationSeconds;
  const asked: RequestCommand = { ...command, rate: { kind: 'absolute', bytesPerSecond: to } };
  const limit = { request: null, from: to, to, until: new Date(extension.dueAt) };
  return decideByEach(asked, facts, id, ({ rule }): Proposed => {
    const max = rule.maxDurationSeconds;
    if (max !== null && extension.totalSeconds > max) {
      return { ok: false, refusal: { why: 'duration-too-long', rule, asked: extension.totalSeconds, max, held } };
    }
    const { direction, needed, exceeds, lowers } = weigh(limit, { run, rule, now });
    if (needed === null) return { ok: false, refusal: { why: 'unlimited-not-allowed', rule } };
    const more = { extends: extension, ...(exceeds ? { exceeds } : {}) };
    return { ok: true, from: to, to, direction, needed, lowers, more };
  });
}

/** Whether its limit applies and has an end that is ahead, and nobody has reverted it early. */
export function canExtend(
  request: ThrottleRequest,
  run: Run | null,
  now: Date,
): request is ThrottleRequest & { hold: TimedGrant } {
  if (run === null || !hasOpenGrant(request) || isReverting(request) || request.hold.by !== null) return false;
  return requestOfLimit(desiredLimit(run, { now })) === request.id;
}

function extensionOf({ id, hold }: ThrottleRequest & { hold: TimedGrant }, moreSeconds: number) {
  const due = Date.parse(hold.dueAt) + moreSeconds * 1000;
  const totalSeconds = Math.round((due - Date.parse(hold.since)) / 1000);
  return { request: id, dueAt: new Date(due).toISOString(), totalSeconds };
}

/**
 * Nothing has to be sent: AWS shows the requested rate already. It is a grant of its own from now on. An extension of a limit
 * that does not apply any more ends as `apply.stale`.
 */
export function unsentEvents(
  request: ThrottleRequest,
  facts: {
    run: Run | null;
    extended: ThrottleRequest | null;
    /** The link that keeps its limit lower; null or absent: none does. */
    cappedBy?: string | null;
    execution: TaskExecution;
    inForce: PolicyInForce;
    now: Date;
  },
): AuditEvent[] {
  const { run, extended, cappedBy = null, execution, inForce, now } = facts;
  const policy = inForce.digest;
  const rate = execution.bytesPerSecond;
  if (request.extends && !(extended && canExtend(extended, run, now))) {
    return [staleEvent(request, 'timer', { inForce, execution }, rate)];
  }
  const detail = { rate, status: execution.status, ...(cappedBy === null ? {} : { cappedBy }) };
  const applied = {
    ...stateEvent(request, 'applied', null, policy, detail),
    ...(run && memberOf(run) !== null ? { link: memberOf(run), from: rate } : {}),
    aws: { requestId: execution.requestId },
  };
  const next = { ...request, version: request.version + 1 };
  const role = ruleNow(request, inForce)?.role ?? null;
  const scheduled = scheduledEvent(next, { policy, now, run, from: rate, role });
  return scheduled ? [applied, scheduled] : [applied];
}
