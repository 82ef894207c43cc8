import type { AuditKey } from './audit-chain.ts';
import type { Unverified } from './audit-chain-check.ts';
import { type LogEntry, readEntries, readSnapshot, recordOf } from './audit-entries.ts';
import { type Verification, verifyLog, type Witness } from './audit-verify.ts';
import type { KnownCheckpoint } from './audit-witness.ts';
import type { Connection } from './connection.ts';
import type { ExportHead } from './export-format.ts';
import type { Keys } from './keys.ts';

/** The part of the log that was archived before: its heads, and its records. */
export interface ArchivedPart {
  heads: readonly ExportHead[];
  records: AsyncIterable<readonly Unverified[]>;
}

/** Checks the log in Redis, up to where it ended when this began. Null: there is none. */
export async function verifyLive(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
  archive: ArchivedPart | null = null,
): Promise<Verification | null> {
  const { head, ends, floor } = await readSnapshot(redis, keys);
  if (!head && !ends && !checkpoints) return null;
  const first = archive?.heads[0]?.first ?? (floor?.seq ?? 0) + 1;
  const claim = head && {
    ...{ log: head.log, first, last: head.seq, hash: head.hash, count: null },
    floor: archive ? null : floor,
  };
  const witness: Witness = { name: 'the head in Redis', claim, signature: null };
  // Up to where the log ended just now: a bot may go on writing.
  const pages = ends ? readEntries(redis, keys, { from: ends.first, to: ends.last }) : none();
  const records = archive ? inTurn(archive.records, fromEntries(pages)) : fromEntries(pages);
  return verifyLog(records, witness, auditKeys, checkpoints);
}

async function* inTurn<T>(...parts: AsyncIterable<T>[]): AsyncGenerator<T> {
  for (const part of parts) yield* part;
}

async function* none(): AsyncGenerator<LogEntry[]> {}

async function* fromEntries(pages: AsyncIterable<LogEntry[]>): AsyncGenerator<Unverified[]> {
  for await (const page of pages) {
    yield page.map((entry) => ({ where: `entry ${entry.id}`, id: entry.id, ...recordOf(entry) }));
  }
}
