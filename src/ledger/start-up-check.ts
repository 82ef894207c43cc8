import type { Log } from '../log.ts';
import type { Checkpoint } from './checkpoint-format.ts';
import type { RedisLedger } from './ledger.ts';

const WHY =
  'the log was empty when this bot started, and there is no checkpoint (AUDIT_CHECKPOINT_FILE): it can not know whether there was one before. If this is no new installation, stop all bots now and restore the log; the warning ends when the new log is used';

export interface StartUpCheck {
  /** The start has written what it writes: whatever comes on top comes of use. */
  started(): void;
  /** What can't be known, as a sentence; null where all is known, or where it no longer matters. */
  doubt(): string | null;
}

/**
 * Looks at the log before anything is written. Where it is empty nobody here can know whether there was one before: that is
 * said for as long as the new log holds nothing but the start of this bot, since so long an older one can be put back and
 * nothing is lost. With the first record after that people work with the new log; its first record tells for good when it began.
 */
export async function startUpCheck(ledger: RedisLedger, witness: Checkpoint | null, log: Log): Promise<StartUpCheck> {
  // A log that is lost is told by the ledger itself, and a Redis that is away by the watch that follows.
  const isEmpty = await ledger.recheck().then(
    (found) => found === null,
    () => false,
  );
  let unsure = isEmpty && witness === null;
  if (unsure) log.warn(WHY);
  let seqAtStart: number | null = null;
  return {
    started() {
      seqAtStart = ledger.position()?.seq ?? 0;
    },
    doubt() {
      if (seqAtStart !== null && (ledger.position()?.seq ?? 0) > seqAtStart) unsure = false;
      return unsure ? WHY : null;
    },
  };
}
