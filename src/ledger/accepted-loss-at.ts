import { lossOf } from '../domain/log-claims.ts';
import type { LossDetail } from '../domain/log-details.ts';
import type { AuditKey } from './audit-chain.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { readLogState } from './log-state.ts';
import { provenRecord } from './proven-record.ts';

/** What the accepted loss in a place gives up; null where there is no authentic record of one. */
export async function acceptedLossAt(
  redis: Connection,
  keys: Keys,
  seq: number,
  auditKeys: readonly AuditKey[],
): Promise<LossDetail | null> {
  const { entry } = await readLogState(redis, keys, seq);
  const record = provenRecord(entry, auditKeys);
  return record && lossOf(record);
}
