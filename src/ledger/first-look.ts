import type { Log } from '../log.ts';
import type { Checkpoint } from './checkpoint-format.ts';
import type { RedisLedger } from './ledger.ts';

/** Looks at the log before anything is written. Answers with what can't be known: whether there was one before. */
export async function firstLook(ledger: RedisLedger, witness: Checkpoint | null, log: Log): Promise<string | null> {
  // A log that is lost is told by the ledger itself, and a Redis that is away by the watch that follows.
  const isEmpty = await ledger.look().then(
    (found) => found === null,
    () => false,
  );
  if (!isEmpty || witness !== null) return null;
  const why =
    'the log was empty when this bot started, and there is no checkpoint (AUDIT_CHECKPOINT_FILE): it can not know whether there was one before';
  log.warn(why);
  return why;
}
