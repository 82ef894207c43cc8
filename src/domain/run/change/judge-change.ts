import { isBeyondChange, type TaskExecution } from '../../execution/task-execution.ts';
import type { ChangeInFlight } from '../run.ts';
import { type Deferral, MAX_REJECTIONS, mayHaveTakenEffect, type Refused, type Sent, tryAgain } from './sending.ts';

/**
 * How long the bot keeps checking if AWS denies reading the execution after a change was sent. After that a person has
 * to check.
 */
export const UNSEEN_SECONDS = 900;

/** What AWS shows about a change that was sent, or may have been. */
export type ChangeVerdict =
  /** `open`: AWS did not confirm that it accepted the change, so another copy of it may still take effect. */
  | { kind: 'done'; open: boolean }
  | { kind: 'changed-outside' }
  /** The execution ended with the old limit. */
  | { kind: 'ended' }
  | { kind: 'refused'; refused: NonNullable<Sent['refused']> }
  /** AWS accepted it several times and never showed it. */
  | { kind: 'ignored' }
  | { kind: 'send-again'; attempt: number }
  /** AWS did not accept it yet: to be recorded, and sent again later. */
  | { kind: 'put-off'; putOff: Deferral }
  | { kind: 'look-again' };

/**
 * Judges what AWS shows after a change was sent, whatever its cause. The new rate: done. The old rate: not yet, and after a
 * while it is sent again. A third rate: changed outside the bot.
 */
export function judgeChange(
  change: ChangeInFlight,
  execution: Pick<TaskExecution, 'bytesPerSecond' | 'status'>,
  { now, sent, takenOver }: { now: Date; sent: Sent | null; takenOver: boolean },
): ChangeVerdict {
  const rate = execution.bytesPerSecond;
  if (rate === change.to) return { kind: 'done', open: isOpen(change, sent) };
  if (rate !== change.from) return { kind: 'changed-outside' };
  if (isBeyondChange(execution.status)) return { kind: 'ended' };
  const refused = sent?.refused ?? null;
  // A limit must end: "invalid request" may be temporary, so it is tried longer than for a new limit.
  if (refused?.why === 'rejected' && change.cause !== 'grant' && change.attempt < MAX_REJECTIONS) {
    return { kind: 'put-off', putOff: { ...refused, why: refused.why } };
  }
  if (refused) return { kind: 'refused', refused };
  if (sent?.putOff) return { kind: 'put-off', putOff: sent.putOff };
  const next = tryAgain(change, { now, takenOver });
  if (next === 'wait') return { kind: 'look-again' };
  return next === 'give-up' ? { kind: 'ignored' } : { kind: 'send-again', attempt: next.attempt };
}

function isOpen({ attempt, putOff }: ChangeInFlight, sent: Sent | null): boolean {
  const unsure = putOff !== null && mayHaveTakenEffect(putOff);
  return attempt > 1 || unsure || sent?.accepted === false;
}

/** A denied read, and the role it was tried under. */
export interface Denied extends Refused {
  requestId: string | null;
}

/**
 * How a change ends if AWS denies reading its result. Null: not yet. It fails if AWS refused the only attempt, so that
 * nothing was carried out. Otherwise it is given up only after a while, as unknown.
 */
export function judgeUnseen(
  { sentAt, attempt }: Pick<ChangeInFlight, 'sentAt' | 'attempt'>,
  denied: Denied,
  { now, sent }: { now: Date; sent: Sent | null },
): { why: 'denied' | 'rejected' | 'unseen'; about: Denied } | null {
  const refused = sent?.refused ?? null;
  if (refused && attempt === 1)
    return { why: refused.why, about: { ...denied, action: refused.action, said: refused.said ?? null } };
  const lasts = now.getTime() - Date.parse(sentAt) >= UNSEEN_SECONDS * 1000;
  return lasts ? { why: 'unseen', about: denied } : null;
}
