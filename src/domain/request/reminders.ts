import type { ThrottleRequest } from './throttle-request.ts';

/** An undecided request reminds its approvers after these parts of its time. */
const PARTS = [1 / 3, 2 / 3];

type Times = Pick<ThrottleRequest, 'requestedAt' | 'expiresAt'>;

/** When the reminders are due, the first one first. */
export function reminderTimes({ requestedAt, expiresAt }: Times): Date[] {
  const from = Date.parse(requestedAt);
  const length = Date.parse(expiresAt) - from;
  return PARTS.map((part) => new Date(from + length * part));
}

/**
 * Which reminder is due, counted from 1 (0: none yet), and when the next one is. A reminder that was missed because no
 * bot ran is skipped once the next one is due.
 */
export function reminderDue(request: Times, now: Date): { nth: number; next: Date | null } {
  const times = reminderTimes(request);
  const nth = times.filter((time) => time <= now).length;
  return { nth, next: times[nth] ?? null };
}
