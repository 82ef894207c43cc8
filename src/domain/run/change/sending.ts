import { z } from 'zod';
import { looseObject } from '../../audit/loose-object.ts';
import { timestamp } from '../../audit/timestamp.ts';

/** A change that was sent to AWS, or that AWS did not accept yet; the same for setting and for reverting a limit. */

/** How long AWS may still show the old limit after a change was sent, before it is sent again. */
export const SETTLE_SECONDS = 60;
/** The same where the worker that was to send it is gone, so that it may never have been sent. */
const TAKEN_OVER_SECONDS = 15;
/** How long to wait before a change that AWS did not accept is sent again. */
export const DEFERRED_SECONDS = 10;
/** After this many accepted sends that AWS never showed, a change is given up: `apply.failed`, why `ignored`. */
export const MAX_SENDS = 3;

/** A single "invalid request" may be temporary. After this many, a minute apart, a change is given up. */
export const MAX_REJECTIONS = 10;

export const putOff = looseObject({
  why: z.enum(['throttled', 'credentials', 'region', 'clock', 'not-reached', 'rejected', 'error', 'no-answer']),
  /** The IAM action of the call that failed. */
  action: z.string(),
  /** AWS's message; absent if there was none, and in older records. */
  said: z.string().nullable().exactOptional(),
});

/**
 * AWS did not accept a change, but may accept it later: too many calls, rejected credentials, a Region that is not
 * enabled, a wrong clock, or AWS was not reached. `rejected`: refused as invalid, which can be temporary too. `error`: AWS
 * answered with an error of its own. `no-answer`: AWS did not answer. After these two it may have been carried out all the same.
 */
export type Deferral = z.infer<typeof putOff>;

export function deferredSeconds({ why }: Deferral): number {
  return why === 'rejected' || why === 'no-answer' ? SETTLE_SECONDS : DEFERRED_SECONDS;
}

/** Whether AWS may have carried out a change that it did not confirm. */
export function mayHaveTakenEffect({ why }: Deferral): boolean {
  return why === 'error' || why === 'no-answer';
}

/**
 * Whether AWS confirmed that it accepted a change that it shows by now. Set: it did not, so that another copy of the change may
 * still take effect.
 */
export const openOutcome = z.literal(true).exactOptional();

/** What AWS answered to the change: its request id, and the reason where it did not accept it. */
export interface Sent {
  requestId: string | null;
  /** AWS confirmed that it accepted the change. */
  accepted: boolean;
  refused: { why: 'denied' | 'rejected'; action: string; said?: string | null } | null;
  /** It certainly was not carried out, for a reason that is temporary or that somebody can fix. */
  putOff: Deferral | null;
}

/**
 * What to do about a change that AWS does not show yet. A send that AWS did not accept is not counted, unless AWS
 * refused it as invalid.
 */
export function tryAgain(
  { sentAt, attempt, putOff }: { sentAt: string; attempt: number; putOff?: Deferral | null },
  { now, takenOver }: { now: Date; takenOver: boolean },
): 'wait' | 'give-up' | { attempt: number } {
  const seconds = (now.getTime() - Date.parse(sentAt)) / 1000;
  const settles = takenOver ? TAKEN_OVER_SECONDS : SETTLE_SECONDS;
  if (seconds < (putOff ? deferredSeconds(putOff) : settles)) return 'wait';
  if (putOff?.why === 'rejected') return { attempt: attempt + 1 };
  if (putOff && !mayHaveTakenEffect(putOff)) return { attempt };
  return attempt >= MAX_SENDS ? 'give-up' : { attempt: attempt + 1 };
}

export const refused = looseObject({
  action: z.string(),
  /** The role that it was tried with; null: the bot's own credentials. */
  role: z.string().nullable(),
  /** AWS's message; absent if there was none, and in older records. */
  said: z.string().nullable().exactOptional(),
});

/** The IAM action that AWS refused. */
export type Refused = z.infer<typeof refused>;

/** In the form of a record's detail. */
export function refusedDetail({ action, role, said }: Refused): Refused {
  return { action, role, ...(said ? { said } : {}) };
}

export const applyProgress = looseObject({
  startedAt: timestamp,
  /** When the change was last about to be sent: the intent is recorded before. */
  sentAt: timestamp,
  attempt: z.number(),
  /** The role that the change is made with; null: the bot's own credentials. */
  role: z.string().nullable(),
  /** Since when it is unknown what AWS did; null while it is known. */
  unknownSince: timestamp.nullable(),
  /** Set if AWS did not accept the last send; null: unknown or accepted. */
  putOff: putOff.nullable().exactOptional(),
  /** The action that AWS denied, so that the outcome is unknown. */
  refused: refused.nullable().exactOptional(),
});

/** The progress of a change after its intent was recorded. */
export type ApplyProgress = z.infer<typeof applyProgress>;
