import type { EventOf } from '../../domain/audit/audit-event.ts';
import { plainEvent } from '../../domain/audit/audit-record.ts';
import { archivedOf } from '../../domain/audit/log-claims.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { ExportedRecord, ExportForm, ExportHead } from '../format/export-format.ts';
import { type LogEntry, recordOf, seqOf } from '../format/log-entry.ts';
import { parseRecord } from '../format/parse-json.ts';
import { firstSince, oneEntry, placeOf, readEntries, readSnapshot } from './audit-entries.ts';
import { readLogState } from './log-state.ts';

/** A range of the records' `at`; null: without a limit on that side. */
export interface ExportRange {
  /** Inclusive. */
  since: Date | null;
  /** Exclusive. */
  until: Date | null;
}

/** An export with a fixed range: its head line is written first, while the log may grow. */
export interface ExportPlan {
  head: ExportHead;
  /** Ids in the stream; null: no record. */
  ids: { from: string; to: string } | null;
}

/** @throws Error where an entry of the log that bounds the range is no record, or no record says that the part before was archived */
export async function planExport(redis: Connection, keys: Keys, range: ExportRange, now: Date): Promise<ExportPlan> {
  const { ends, length, archivedUpTo } = await readSnapshot(redis, keys);
  const at = now.toISOString();
  const nothing = { head: { log: null, first: null, last: null, hash: null, count: 0, at }, ids: null };
  if (archivedUpTo !== null) await checkArchive(redis, keys);
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
  // Entries have to be counted only where the log may have a gap, or archived records are being deleted.
  const whole = archivedUpTo === null && length === bounds.last - bounds.first + 1;
  const count = whole ? seqOf(ids.to) - seqOf(ids.from) + 1 : await countEntries(redis, keys, ids);
  return { head: { log: placeOf(last).log, ...seqs, hash: toRecord(last).hash, count, at }, ids };
}

/** An export omits archived records only where a record says that they were archived; Redis alone is not enough. */
async function checkArchive(redis: Connection, keys: Keys): Promise<void> {
  const { archivedUpTo } = await readLogState(redis, keys, 0);
  if (archivedUpTo === null) return;
  const { archivedUpTo: now, entry } = await readLogState(redis, keys, archivedUpTo.by);
  // It was archived again between the two reads.
  if (now?.by !== archivedUpTo.by) return checkArchive(redis, keys);
  const { event, detail } = parseRecord(entry?.bytes ?? '') ?? {};
  const said = typeof event === 'string' ? archivedOf({ event, detail }) : null;
  if (said?.seq === archivedUpTo.seq && said.hash === archivedUpTo.hash) return;
  throw new Error(
    `Redis says that records up to ${archivedUpTo.seq} were archived, and no record of the audit log says so: see \`audit verify\``,
  );
}

/**
 * The text of an export, a page at a time: the head first, then each record.
 * @throws Error where an entry is no record, or the log lost records of the range in between
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

/** The record of an export. It is written after the range was fixed, so it is not part of the export. */
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
