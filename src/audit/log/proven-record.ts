import type { AuditKey } from '../format/audit-chain.ts';
import { type LogEntry, seqOf } from '../format/log-entry.ts';
import { createEntryCheck } from '../verify/entry-check.ts';

/**
 * The record in an entry; null where none of the audit keys made its MAC. So somebody without a key can neither accept a
 * loss nor archive anything.
 */
export function provenRecord(
  entry: LogEntry | null,
  auditKeys: readonly AuditKey[],
): { log?: unknown; event: string } | null {
  if (entry === null) return null;
  const found = createEntryCheck(auditKeys)(seqOf(entry.id), entry);
  return 'untrusted' in found ? null : (found.record as { event: string });
}
