import type { KeyObject } from 'node:crypto';
import type { EventOf } from '../domain/audit-event.ts';
import { plainEvent } from '../domain/audit-record.ts';
import { archivedOf } from '../domain/log-claims.ts';
import {
  firstSince,
  type LogEntry,
  oneEntry,
  placeOf,
  readEntries,
  readSnapshot,
  recordOf,
  seqOf,
} from './audit-entries.ts';
import { readPlace } from './audit-loss.ts';
import type { Connection } from './connection.ts';
import { type ExportedRecord, type ExportHead, parseRecord, writeHeadLine, writeRecordLine } from './export-format.ts';
import type { Keys } from './keys.ts';

/** By the records' own `at`; null: without that end. */
export interface ExportRange {
  /** The first moment that is in. */
  since: Date | null;
  /** The first moment that is out. */
  until: Date | null;
}

/** An export whose range is fixed, so that its head line can come first while the log grows. */
export interface ExportPlan {
  head: ExportHead;
  /** Ids of the stream; null: no record. */
  ids: { from: string; to: string } | null;
}

/** @throws Error where an entry of the log that bounds the range is no record, or no record says that the part before was archived */
export async function planExport(redis: Connection, keys: Keys, range: ExportRange, now: Date): Promise<ExportPlan> {
  const { ends, length, floor } = await readSnapshot(redis, keys);
  const at = now.toISOString();
  const nothing = { head: { log: null, first: null, last: null, hash: null, count: 0, at }, ids: null };
  if (floor !== null) await checkFloor(redis, keys);
  if (!ends) return nothing;
  const bounds = { first: seqOf(ends.first), last: seqOf(ends.last) };
  const from = range.since ? await firstSince(redis, keys, bounds, range.since) : bounds.first;
  const until = range.until ? await firstSince(redis, keys, bounds, range.until) : bounds.last + 1;
  if (from >= until) return nothing;
  const within = { from: `${from}-0`, to: range.until ? `(${until}-0` : ends.last };
  const first = await oneEntry(redis, keys, { ...within, end: 'first' });
  const last = await oneEntry(redis, keys, { ...within, end: 'last' });
  if (!first || !last) return nothing;
  const ids = { from: first.id, to: last.id };
  const seqs = { first: placeOf(first).seq, last: placeOf(last).seq };
  // Only a log with a gap in it, or one that is being trimmed, has to be counted.
  const whole = floor === null && length === bounds.last - bounds.first + 1;
  const count = whole ? seqOf(ids.to) - seqOf(ids.from) + 1 : await countEntries(redis, keys, ids);
  return { head: { log: placeOf(last).log, ...seqs, hash: toRecord(last).hash, count, at }, ids };
}

/** An export is not cut short by what Redis says alone: with or without keys, a record has to say it too. */
async function checkFloor(redis: Connection, keys: Keys): Promise<void> {
  const { floor } = await readPlace(redis, keys, 0);
  if (floor === null) return;
  const { floor: now, entry } = await readPlace(redis, keys, floor.by);
  // Archived again meanwhile.
  if (now?.by !== floor.by) return checkFloor(redis, keys);
  const { event, detail } = parseRecord(entry?.bytes ?? '') ?? {};
  const said = typeof event === 'string' ? archivedOf({ event, detail }) : null;
  if (said?.seq === floor.seq && said.hash === floor.hash) return;
  throw new Error(
    `Redis says that records up to ${floor.seq} were archived, and no record of the audit log says so: see \`audit verify\``,
  );
}

/** How the records of an export are written. */
export interface ExportForm {
  head(head: ExportHead): string;
  record(record: ExportedRecord): string;
}

/** The contract's JSON lines, the head signed where there is a key. */
export function jsonLines(signingKey: KeyObject | null): ExportForm {
  return { head: (head) => writeHeadLine(head, signingKey), record: writeRecordLine };
}

/**
 * The text of an export, a page at a time: the head first, then each record.
 * @throws Error where an entry is no record, or the log lost some of the range meanwhile
 */
export async function* exportText(
  redis: Connection,
  keys: Keys,
  { head, ids }: ExportPlan,
  form: ExportForm,
  onProgress: (count: number) => void = () => {},
): AsyncGenerator<string> {
  yield form.head(head);
  let count = 0;
  if (ids) {
    for await (const entries of readEntries(redis, keys, ids)) {
      count += entries.length;
      yield entries.map((entry) => form.record(toRecord(entry))).join('');
      onProgress(count);
    }
  }
  if (count !== head.count) throw new Error(`the log changed meanwhile: ${head.count} records became ${count}`);
}

/** What goes on record about an export: after its snapshot, so that the export itself does not hold it. */
export function exportedEvent(
  { log, first, last, hash, count, at }: ExportHead,
  by: string,
): EventOf<'audit.exported'> {
  return plainEvent('audit.exported', { detail: { by, log, first, last, hash, count, at } });
}

async function countEntries(redis: Connection, keys: Keys, ids: { from: string; to: string }): Promise<number> {
  let count = 0;
  for await (const entries of readEntries(redis, keys, ids)) count += entries.length;
  return count;
}

function toRecord(entry: LogEntry): ExportedRecord {
  const record = recordOf(entry);
  if ('problem' in record)
    throw new Error(`entry ${entry.id} of the audit log ${record.problem}: see \`audit verify\``);
  return record;
}
