import { archivedOf } from '../../domain/audit/log-claims.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import type { LogEntry } from '../format/log-entry.ts';
import { type ArchivedUpTo, readLogState } from './log-state.ts';
import { provenRecord } from './proven-record.ts';

/**
 * Up to where the log was archived, as an authentic record says. Null: it was not archived. `unproven`: Redis says that it
 * was, and no authentic record does.
 */
export async function readArchivedUpTo(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<ArchivedUpTo | 'unproven' | null> {
  const { archivedUpTo } = await readLogState(redis, keys, 0);
  if (archivedUpTo === null) return null;
  const now = await readLogState(redis, keys, archivedUpTo.by);
  // It was archived again between the two reads.
  if (now.archivedUpTo?.by !== archivedUpTo.by) return readArchivedUpTo(redis, keys, auditKeys);
  return provesArchive(now.entry, archivedUpTo, auditKeys) ? archivedUpTo : 'unproven';
}

/** Whether the record in this entry is authentic and says that the log was archived up to there. */
export function provesArchive(
  entry: LogEntry | null,
  archivedUpTo: ArchivedUpTo,
  auditKeys: readonly AuditKey[],
): boolean {
  const record = provenRecord(entry, auditKeys);
  if (record?.log !== archivedUpTo.log) return false;
  const said = archivedOf(record);
  return said?.seq === archivedUpTo.seq && said.hash === archivedUpTo.hash;
}
