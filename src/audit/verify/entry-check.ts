import type { Untrusted } from '../../workflow/ports/audit/audit-line.ts';
import { type AuditKey, createMacs, hexHashOf, sameBytes } from '../format/audit-chain.ts';
import { type LogEntry, recordOf } from '../format/log-entry.ts';
import { parseRecord } from '../format/parse-json.ts';

/** A record that was written with one of the audit keys, for the place in which it was found. */
export interface GenuineRecord {
  bytes: string;
  /** Hex. */
  hash: string;
  record: Record<string, unknown>;
}

/** Checks single entries of the log: hash, MAC and place. Whether they form a chain is for `audit verify` to check. */
export function createEntryCheck(auditKeys: readonly AuditKey[]) {
  const known = new Map(auditKeys.map(({ kid, key }) => [kid, createMacs(key)]));
  return (seq: number, entry: LogEntry | null): GenuineRecord | { untrusted: Untrusted } => {
    if (entry === null) return { untrusted: 'missing' };
    const stored = recordOf(entry);
    if ('problem' in stored) return { untrusted: 'unreadable' };
    const hash = hexHashOf(stored.bytes);
    if (hash !== stored.hash) return { untrusted: 'altered' };
    const macs = known.get(stored.kid);
    if (!macs) return { untrusted: 'other-key' };
    if (!sameBytes(Buffer.from(macs(hash), 'hex'), Buffer.from(stored.mac, 'hex'))) return { untrusted: 'altered' };
    const record = parseRecord(stored.bytes);
    if (record === null) return { untrusted: 'unreadable' };
    return record.seq === seq ? { bytes: stored.bytes, hash, record } : { untrusted: 'moved' };
  };
}
