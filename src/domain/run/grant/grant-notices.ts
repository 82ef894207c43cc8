import { SETTLE_SECONDS } from '../change/sending.ts';
import type { TimedGrant } from './timed-grant.ts';

/** The thread is warned this long before the limit reverts, if the limit lasts longer than that. */
const WARN_BEFORE_SECONDS = 600;
/** A revert within this time is not reported as late. */
export const LATE_SECONDS = 60;

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
