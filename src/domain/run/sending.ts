import { z } from 'zod';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';

/** What is known of a change that was sent to AWS, or that AWS did not accept yet. The same for setting and for reverting a limit. */

/** How long AWS may go on showing the old limit after a change was sent, before it is sent again. */
export const SETTLE_SECONDS = 60;
/** How long to wait before a change that AWS put off is sent again. */
export const DEFERRED_SECONDS = 10;
/** A change that AWS took this often and never showed is given up: `apply.failed`, why `ignored`. */
export const MAX_SENDS = 3;

/** One refusal as invalid may pass; a change that is refused so as often as this, a minute apart, is given up. */
export const MAX_REJECTIONS = 10;

export const putOff = looseObject({
  why: z.enum(['throttled', 'credentials', 'region', 'clock', 'not-reached', 'rejected']),
  /** IAM's name of the call that failed. */
  action: z.string(),
  /** What AWS said; absent where it said nothing, and in older records. */
  said: z.string().nullable().exactOptional(),
});

/**
 * AWS did not take a change, and may take it later: too many calls, credentials that it does not accept, a Region that is
 * not enabled, a clock that is off, or AWS was not reached. `rejected`: refused as invalid, which can pass too.
 */
export type Deferral = z.infer<typeof putOff>;

export function deferredSeconds({ why }: Deferral): number {
  return why === 'rejected' ? SETTLE_SECONDS : DEFERRED_SECONDS;
}

/** What AWS answered to the change: its request id, and the reason where it did not accept it. */
export interface Sent {
  requestId: string | null;
  refused: { why: 'denied' | 'rejected'; action: string; said?: string | null } | null;
  /** It was not carried out, for certain, for a reason that passes by itself or when somebody puts it right. */
  putOff: Deferral | null;
}

/**
 * What to do about a change that AWS does not show yet. An attempt that AWS put off does not count, unless AWS refused it as
 * invalid.
 */
export function tryAgain(
  { sentAt, attempt, putOff }: { sentAt: string; attempt: number; putOff?: Deferral | null },
  now: Date,
): 'wait' | 'give-up' | { attempt: number } {
  const seconds = (now.getTime() - Date.parse(sentAt)) / 1000;
  if (seconds < (putOff ? deferredSeconds(putOff) : SETTLE_SECONDS)) return 'wait';
  if (putOff?.why === 'rejected') return { attempt: attempt + 1 };
  if (putOff) return { attempt };
  return attempt >= MAX_SENDS ? 'give-up' : { attempt: attempt + 1 };
}

export const refused = looseObject({
  action: z.string(),
  /** The role that it was tried under; null: the bot's own credentials. */
  role: z.string().nullable(),
  /** In AWS's words; absent where it said nothing, and in older records. */
  said: z.string().nullable().exactOptional(),
});

/** The IAM action that AWS refused. */
export type Refused = z.infer<typeof refused>;

/** As a record's detail has it. */
export function refusedDetail({ action, role, said }: Refused): Refused {
  return { action, role, ...(said ? { said } : {}) };
}

export const applyProgress = looseObject({
  startedAt: timestamp,
  /** When the change was last about to be sent: the intent is recorded first. */
  sentAt: timestamp,
  attempt: z.number(),
  /** The role that the change is made under; null: the bot's own credentials. */
  role: z.string().nullable(),
  /** Since when nobody can say what AWS did; null while it is known. */
  unknownSince: timestamp.nullable(),
  /** AWS did not take it the last time that it was sent; null: nothing says so. */
  putOff: putOff.nullable().exactOptional(),
  /** What AWS does not allow, so that nobody can say what came of it. */
  refused: refused.nullable().exactOptional(),
});

/** How far a change has come, once its intent is on record. */
export type ApplyProgress = z.infer<typeof applyProgress>;
