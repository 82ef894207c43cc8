import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { Untrusted } from '../../workflow/ports/audit/audit-line.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import type { Checkpoint } from '../format/checkpoint-format.ts';
import { readLogState } from '../log/log-state.ts';
import { createEntryCheck } from '../verify/entry-check.ts';
import { acceptedLossAt } from './accepted-loss-at.ts';

/** An earlier checkpoint, from which the count continues. */
export type CountedUpTo = Pick<Checkpoint, 'seq' | 'count'>;

/**
 * Makes a checkpoint of one record, or says why not: only an authentic record may be signed.
 * @param from how many records there were up to an earlier place; null: count from the first record
 */
export async function makeCheckpoint(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  ask: { seq: number; now: Date; from?: CountedUpTo | null },
): Promise<Checkpoint | { untrusted: Untrusted }> {
  const { seq, now } = ask;
  const { head, losses, entry } = await readLogState(redis, keys, seq);
  const found = createEntryCheck(auditKeys)(seq, entry);
  if ('untrusted' in found) return found;
  // It may be an authentic record of another log.
  if (head === null || found.record.log !== head.log) return { untrusted: 'moved' };
  const from = ask.from && ask.from.seq <= seq ? ask.from : { seq: 0, count: 0 };
  let empty = 0;
  for (const loss of losses.filter((one) => one.seq > from.seq && one.seq <= seq)) {
    const gap = (await acceptedLossAt(redis, keys, loss.seq, auditKeys))?.gap;
    if (gap) empty += gap.last - gap.first + 1;
  }
  return {
    log: head.log,
    seq,
    hash: found.hash,
    count: from.count + seq - from.seq - empty,
    at: now.toISOString(),
  };
}
