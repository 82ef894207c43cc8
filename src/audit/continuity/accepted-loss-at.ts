import { lossOf } from '../../domain/audit/log-claims.ts';
import type { LossDetail } from '../../domain/audit/log-details.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { readLogState } from '../log/log-state.ts';
import { provenRecord } from '../log/proven-record.ts';

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
