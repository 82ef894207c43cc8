import type { DatedEvent } from './audit-event.ts';

/**
 * What is known of a change that was sent to AWS, or should have been: the same for a limit that is set and for one that is
 * set back.
 */

/** How long AWS may go on showing the old limit after a change was sent, before it is sent again. */
export const SETTLE_SECONDS = 60;
/** After AWS put a change off, before it is sent again. */
export const PUT_OFF_SECONDS = 10;
/** A change that AWS took this often and never showed is given up: `apply.failed`, why `ignored`. */
export const MOST_SENDS = 3;

/** One refusal as invalid may pass; a change that is refused so as often as this, a minute apart, is given up. */
export const MOST_REJECTIONS = 10;

/**
 * AWS did not take a change, and may take it later: too many calls, credentials that it does not take, a Region that is not
 * enabled, a clock that is off, or it was not reached. `rejected`: refused as invalid, which passing trouble is too.
 */
export interface PutOff {
  why: 'throttled' | 'credentials' | 'region' | 'clock' | 'not-reached' | 'rejected';
  /** IAM's name of the call that failed. */
  action: string;
  /** What AWS said; absent where nothing, and in older records. */
  said?: string | null;
}

export function putOffSeconds({ why }: PutOff): number {
  return why === 'rejected' ? SETTLE_SECONDS : PUT_OFF_SECONDS;
}

/** What AWS said to the change that was sent: its request id, and why it would not take it, where it said so. */
export interface Sent {
  requestId: string | null;
  refused: { why: 'denied' | 'rejected'; action: string; said?: string | null } | null;
  /** It was not carried out, for certain, for a reason that passes by itself or when somebody puts it right. */
  putOff: PutOff | null;
}

/** What is to be done about a change that AWS still shows nothing of. A try that was put off counts for none,
 * but where AWS refused it as invalid. */
export function tryAgain(
  { sentAt, attempt, putOff }: { sentAt: string; attempt: number; putOff?: PutOff | null },
  now: Date,
): 'wait' | 'give-up' | { attempt: number } {
  const seconds = (now.getTime() - Date.parse(sentAt)) / 1000;
  if (seconds < (putOff ? putOffSeconds(putOff) : SETTLE_SECONDS)) return 'wait';
  if (putOff?.why === 'rejected') return { attempt: attempt + 1 };
  if (putOff) return { attempt };
  return attempt >= MOST_SENDS ? 'give-up' : { attempt: attempt + 1 };
}

/** The IAM action that AWS refused, and the role it was tried under (null = the bot's own credentials). */
export interface Refused {
  action: string;
  role: string | null;
  /** In AWS's words; absent where it said nothing, and in older records. */
  said?: string | null;
}

/** As it stands in the detail of a record. */
export function refusedDetail({ action, role, said }: Refused): Refused {
  return { action, role, ...(said ? { said } : {}) };
}

/** How far a change has come, once its intent is on record. */
export interface ApplyProgress {
  startedAt: string;
  /** When the change was last about to be sent: the intent is recorded first. */
  sentAt: string;
  attempt: number;
  /** The role that the change is made under; null = the bot's own credentials. */
  role: string | null;
  /** Since when nobody can say what AWS did; null while it is known. */
  unknownSince: string | null;
  /** What AWS does not allow, so that nobody can say. */
  refused?: Refused | null;
  /** AWS did not take it the last time that it was sent; null: nothing says so. */
  putOff?: PutOff | null;
}

/** After `apply.started`. */
export function begun(before: ApplyProgress | null, { at, detail }: DatedEvent): ApplyProgress {
  const { attempt, role, putOff = null } = detail as { attempt: number; role: string | null; putOff?: PutOff };
  return { startedAt: before?.startedAt ?? at, sentAt: at, attempt, role, unknownSince: null, putOff };
}

/** After `apply.unknown`. */
export function unseen(before: ApplyProgress, { at, detail }: DatedEvent): ApplyProgress {
  const { refused = null } = detail as { refused?: Refused };
  return { ...before, unknownSince: before.unknownSince ?? at, refused };
}
