import { hexHashOf } from '../format/audit-chain.ts';
import type { ExportedRecord } from '../format/export-format.ts';
import { formatRange } from '../format/format-counts.ts';
import type { ChainCheck, Readable } from './chain-check.ts';

/**
 * Recognizes records that two parts have in common: an archive that was interrupted before its records were deleted from
 * Redis, or one that was made twice.
 */
export function createPartOverlap() {
  const kept = new Map<string, number>();
  let common: { first: number; last: number } | null = null;
  const textOf = ({ hash, mac, kid }: ExportedRecord) => `${hash} ${mac} ${kid}`;
  return {
    keep(record: ExportedRecord, seq: number): void {
      kept.set(textOf(record), seq);
    },
    /** Whether an earlier part has this record too, and it may be in this place. */
    has(record: Readable, chain: ChainCheck): boolean {
      if (kept.size === 0) return false;
      const seq = kept.get(textOf(record));
      if (seq === undefined || hexHashOf(record.bytes) !== record.hash) return false;
      if (!chain.addDuplicate(seq, record.hash, record.id)) return false;
      common = { first: common?.first ?? seq, last: seq };
      return true;
    },
    /** For the words of a verdict; null: no record is in two parts. */
    describe: () => common && `${formatRange(common.first, common.last)} in two parts, alike (overlap)`,
  };
}
