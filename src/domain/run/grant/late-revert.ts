import { LATE_SECONDS } from './grant-notices.ts';
import type { TimedGrant } from './timed-grant.ts';

/** A limit that was reverted late. */
export interface Lateness {
  dueAt: string;
  revertedAt: string;
  /**
   * `sent`: the change was sent late, because Redis, AWS or the bot was unavailable. `shown`: it was sent on time, and
   * AWS showed it late.
   */
  late: 'sent' | 'shown';
}

/** Null if it was reverted on time, or not at all. */
export function lateness({ dueAt, sent, end }: TimedGrant): Lateness | null {
  if (end?.how !== 'reverted' || secondsAfter(dueAt, end.at) < LATE_SECONDS) return null;
  const inTime = sent !== null && secondsAfter(dueAt, sent.sentAt) < LATE_SECONDS;
  return { dueAt, revertedAt: end.at, late: inTime ? 'shown' : 'sent' };
}

function secondsAfter(dueAt: string, at: string): number {
  return (Date.parse(at) - Date.parse(dueAt)) / 1000;
}
