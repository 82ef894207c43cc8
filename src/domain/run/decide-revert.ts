import type { AuditEvent, Detail, EventOf } from '../audit/audit-event.ts';
import { isBeyondChange, isUpdatable, type TaskExecution } from '../execution/task-execution.ts';
import { stateEvent } from '../request/request-event.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { type Denied, unseenEnd } from './decide-apply.ts';
import { type Deferral, MAX_REJECTIONS, refusedDetail, SETTLE_SECONDS, type Sent, tryAgain } from './sending.ts';
import { hasOpenGrant, type RevertFailedWhy, type SkippedWhy, type TimedGrant } from './timed-grant.ts';

/** The thread is warned this long before the limit reverts, if the limit lasts longer than that. */
const WARN_BEFORE_SECONDS = 600;
/** A revert within this time is not reported as late. */
export const LATE_SECONDS = 60;

type GrantedRequest = ThrottleRequest & { hold: TimedGrant };

/**
 * Schedules the revert of a limit with an end; recorded together with the limit. Null if it has no end, or if its rate
 * already is the one to revert to. `running`: the request whose limit is replaced, if it has an end; its rate to revert
 * to is inherited, and its total time keeps counting.
 */
export function scheduledEvent(
  applied: ThrottleRequest,
  facts: { policy: string; now: Date; running: ThrottleRequest | null },
): EventOf<'revert.scheduled'> | null {
  const { durationSeconds } = applied;
  const { running } = facts;
  // Inherited only if the replaced limit is the one that the bot set, and not one set outside the bot since.
  const hold = running && hasOpenGrant(running) && running.to === applied.from ? running.hold : null;
  if (durationSeconds === null) return null;
  const now = facts.now.toISOString();
  const dueAt =
    applied.extends?.dueAt ?? applied.until ?? new Date(facts.now.getTime() + durationSeconds * 1000).toISOString();
  const base = hold?.base ?? applied.from;
  // Its rate already is the one to revert to: an undo with an end.
  if (base === applied.to) return null;
  const role = applied.apply ? applied.apply.role : (hold?.role ?? null);
  const since = applied.extends && hold ? hold.since : now;
  return revertEvent(applied, 'revert.scheduled', facts.policy, base, { base, since, dueAt, role });
}

/** When the thread is warned; null if the limit is too short for that. */
export function warnAt({ scheduledAt, dueAt }: Pick<TimedGrant, 'scheduledAt' | 'dueAt'>): Date | null {
  const seconds = (Date.parse(dueAt) - Date.parse(scheduledAt)) / 1000;
  return seconds > WARN_BEFORE_SECONDS ? new Date(Date.parse(dueAt) - WARN_BEFORE_SECONDS * 1000) : null;
}

/**
 * The limit should have been reverted a while ago and nothing was sent yet, for example because AWS does not answer.
 */
export function isLate({ dueAt, sent }: Pick<TimedGrant, 'dueAt' | 'sent'>, now: Date): boolean {
  return sent === null && now >= lateAt(dueAt);
}

/** The revert was sent, and its result could not be read for longer than AWS takes to show a change. */
export function isUnseen({ sent }: Pick<TimedGrant, 'sent'>, now: Date): boolean {
  return sent !== null && now >= unseenAt(sent);
}

/** When the next notice about the limit may be due, until it is reverted; null: none is expected. */
export function nextNoticeAt(hold: Pick<TimedGrant, 'scheduledAt' | 'dueAt' | 'sent'>, now: Date): Date | null {
  const times = hold.sent ? [unseenAt(hold.sent)] : [warnAt(hold), lateAt(hold.dueAt)];
  return times.find((time) => time !== null && time > now) ?? null;
}

function lateAt(dueAt: string): Date {
  return new Date(Date.parse(dueAt) + LATE_SECONDS * 1000);
}

function unseenAt({ sentAt }: { sentAt: string }): Date {
  return new Date(Date.parse(sentAt) + (SETTLE_SECONDS + LATE_SECONDS) * 1000);
}

export type RevertDecision =
  | { kind: 'send'; event: AuditEvent }
  | { kind: 'end'; event: AuditEvent }
  /** Its time is not over yet. */
  | { kind: 'early'; seconds: number }
  /** The status is unknown to this version, so it is unclear whether AWS would accept the change. */
  | { kind: 'wait' };

/**
 * Before anything is sent: is it time, and is the limit still the one that the bot set? `execution` null: not read yet.
 */
export function decideRevert(
  request: GrantedRequest,
  facts: { execution: TaskExecution | null; policy: string; now: Date },
): RevertDecision {
  const { hold } = request;
  const seconds = (Date.parse(hold.dueAt) - facts.now.getTime()) / 1000;
  if (seconds > 0) return { kind: 'early', seconds };
  const { execution } = facts;
  if (execution && isBeyondChange(execution.status)) return skip(request, 'ended', facts.policy, execution);
  if (execution && execution.bytesPerSecond !== request.to) return skip(request, 'changed', facts.policy, execution);
  if (execution && !isUpdatable(execution.status)) return { kind: 'wait' };
  return { kind: 'send', event: revertStartedEvent(request, facts.policy, 1) };
}

export type RevertVerdict =
  | { kind: 'end' | 'send-again'; event: AuditEvent }
  | { kind: 'put-off'; event: AuditEvent; putOff: Deferral }
  | { kind: 'look-again' };

/** Judges what AWS shows after the revert was sent: like `judgeLook`, with the two rates swapped. */
export function judgeRevert(
  request: GrantedRequest,
  execution: TaskExecution,
  facts: { policy: string; now: Date; sent: Sent | null },
): RevertVerdict {
  const { hold } = request;
  if (!hold.sent) throw new Error(`${request.id}: judged before it was begun`);
  const rate = execution.bytesPerSecond;
  const refused = facts.sent?.refused ?? null;
  const { attempt } = hold.sent;
  const aws = { requestId: execution.requestId, ...(facts.sent ? { updateRequestId: facts.sent.requestId } : {}) };
  if (rate === hold.base) {
    const event = revertEvent(request, 'reverted', facts.policy, hold.base, {
      rate,
      status: execution.status,
      attempt,
    });
    return { kind: 'end', event: { ...event, aws } };
  }
  if (rate !== request.to) return skip(request, 'changed', facts.policy, execution);
  if (isBeyondChange(execution.status)) return skip(request, 'ended', facts.policy, execution);
  if (refused?.why === 'rejected' && attempt < MAX_REJECTIONS) {
    const rejected = { ...refused, why: refused.why };
    return { kind: 'put-off', putOff: rejected, event: revertStartedEvent(request, facts.policy, attempt, rejected) };
  }
  if (refused) {
    const { action, said = null } = refused;
    const about = { action, said, role: hold.role, requestId: execution.requestId };
    return { kind: 'end', event: revertFailedEvent(request, facts.policy, refused.why, about, rate) };
  }
  const putOff = facts.sent?.putOff ?? null;
  if (putOff) return { kind: 'put-off', putOff, event: revertStartedEvent(request, facts.policy, attempt, putOff) };
  const next = tryAgain(hold.sent, facts.now);
  if (next === 'wait') return { kind: 'look-again' };
  if (next === 'give-up') {
    const about = { action: null, role: hold.role, requestId: execution.requestId };
    return { kind: 'end', event: revertFailedEvent(request, facts.policy, 'ignored', about, rate) };
  }
  return { kind: 'send-again', event: revertStartedEvent(request, facts.policy, next.attempt) };
}

/**
 * AWS denies reading the result of a revert: like `judgeUnseen`, with the two rates swapped. Null: not given up yet.
 */
export function judgeUnseenRevert(
  request: GrantedRequest,
  denied: Denied,
  facts: { policy: string; now: Date; sent: Sent | null },
): EventOf<'revert.failed'> | null {
  const { hold } = request;
  if (!hold.sent) throw new Error(`${request.id}: judged before it was begun`);
  const end = unseenEnd(hold.sent, denied, facts);
  return end && revertFailedEvent(request, facts.policy, end.why, end.about, null);
}

/** The intent, recorded before the change is sent. */
function revertStartedEvent(
  request: GrantedRequest,
  policy: string,
  attempt: number,
  putOff: Deferral | null = null,
): EventOf<'revert.started'> {
  const { base, role, by } = request.hold;
  const detail = { attempt, role, ...(putOff ? { putOff } : {}) };
  return { ...revertEvent(request, 'revert.started', policy, base, detail), actor: by };
}

function skip(request: GrantedRequest, why: SkippedWhy, policy: string, execution: TaskExecution) {
  return { kind: 'end', event: skippedEvent(request, why, policy, { execution }) } as const;
}

/** Not reverted: the limit was changed outside the bot, the execution has ended, or another request replaced it. */
export function skippedEvent(
  request: GrantedRequest,
  why: SkippedWhy,
  policy: string,
  facts: {
    execution?: TaskExecution;
    awsRequestId?: string | null;
    said?: string | null;
    replacedBy?: string;
    extendedUntil?: string;
  } = {},
): EventOf<'revert.skipped'> {
  const { execution, awsRequestId = null, said = null, replacedBy, extendedUntil } = facts;
  const requestId = execution?.requestId ?? awsRequestId;
  return {
    ...revertEvent(request, 'revert.skipped', policy, request.hold.base, {
      why,
      rate: execution?.bytesPerSecond ?? null,
      ...(execution ? { status: execution.status } : {}),
      ...(said ? { said } : {}),
      ...(replacedBy ? { replacedBy } : {}),
      ...(extendedUntil ? { extendedUntil } : {}),
    }),
    aws: requestId === null ? null : { requestId },
  };
}

/** AWS denies the revert, or never shows the change. The limit stays, and a person has to check it. */
export function revertFailedEvent(
  request: GrantedRequest,
  policy: string,
  why: RevertFailedWhy,
  about: Omit<Denied, 'action'> & { action: string | null },
  rate: number | null,
): EventOf<'revert.failed'> {
  const { action, role, said = null, requestId } = about;
  return {
    ...revertEvent(request, 'revert.failed', policy, request.hold.base, {
      why,
      rate,
      ...(action === null ? {} : { refused: refusedDetail({ action, role, said }) }),
    }),
    aws: { requestId },
  };
}

/** In these records `from` is what the request set, and `to` the rate that it reverts to. */
export function revertEvent<E extends RevertEvent>(
  request: ThrottleRequest,
  event: E,
  policy: string,
  base: number,
  detail: Detail<E>,
): EventOf<E> {
  return { ...stateEvent(request, event, null, policy, detail), from: request.to, to: base };
}

type RevertEvent = 'revert.scheduled' | 'revert.started' | 'reverted' | 'revert.skipped' | 'revert.failed';
