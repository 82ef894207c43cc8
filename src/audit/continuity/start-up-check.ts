import type { Log } from '../../logging/logger.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import type { Checkpoint } from '../format/checkpoint-format.ts';

const WHY =
  'the log was empty when this bot started, and there is no checkpoint (AUDIT_CHECKPOINT_FILE): it can not know whether there was one before. If this is no new installation, stop all bots now and restore the log; the warning ends when the new log is used';

export interface StartUpCheck {
  /** The start has written its own records: any record after these comes from use. */
  started(): void;
  /** What can't be known, as a sentence; null where all is known, or where it no longer matters. */
  doubt(): string | null;
}

/**
 * Checks the log before anything is written. Where it is empty, and there is no checkpoint, nobody can know whether there
 * was a log before. The doubt is reported for as long as the log has only the records of this start: until then an older
 * log can be restored without loss. With the next record people work with the new log, and its first record shows when it
 * began.
 */
export async function startUpCheck(
  ledger: RedisLedger,
  checkpoint: Checkpoint | null,
  log: Log,
): Promise<StartUpCheck> {
  // The ledger itself reports a log that is lost. If Redis is away, the audit watch that follows reports it.
  const isEmpty = await ledger.recheck().then(
    async (found) => {
      // A short log is read by then; a long one is read in the background.
      await ledger.proof.check();
      return found === null;
    },
    () => false,
  );
  let unsure = isEmpty && checkpoint === null;
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
