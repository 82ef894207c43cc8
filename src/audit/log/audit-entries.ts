import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { type LogEntry, seqOf, toEntry } from '../format/log-entry.ts';
import { isSeq, parseObject } from '../format/parse-json.ts';

/** The ends of the log at one moment. */
export interface LogSnapshot {
  head: { log: string; seq: number; hash: string } | null;
  /** Up to where it was archived. Entries up to there no longer count, though some may not be deleted yet. */
  archivedUpTo: { seq: number; hash: string } | null;
  /** The ids of the first and the last entry; null: there is none. */
  ends: { first: string; last: string } | null;
  length: number;
}

/** The head and the ends of the log, read in one transaction. */
export async function readSnapshot(redis: Connection, keys: Keys): Promise<LogSnapshot> {
  const replies = await redis
    .multi()
    .hmget(keys.head, 'log', 'seq', 'hash')
    .hmget(keys.archivedUpTo, 'seq', 'hash')
    .xlen(keys.audit)
    .xrange(keys.audit, '-', '+', 'COUNT', 1)
    .xrevrange(keys.audit, '+', '-', 'COUNT', 1)
    .exec();
  const [head, archived, length, first, last] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [log, seq, hash] = head as (string | null)[];
  const [archivedSeq, archivedHash] = archived as (string | null)[];
  const [firstId, lastId] = [first, last].map((entries) => (entries as [string, unknown][])[0]?.[0]);
  const archivedUpTo = archivedSeq && archivedHash ? { seq: Number(archivedSeq), hash: archivedHash } : null;
  // Archived entries are deleted a few at a time, after the archive is on record.
  const begins = archivedUpTo && firstId && seqOf(firstId) <= archivedUpTo.seq ? `${archivedUpTo.seq + 1}-0` : firstId;
  return {
    head: log && seq && hash ? { log, seq: Number(seq), hash } : null,
    archivedUpTo,
    ends: begins && lastId ? { first: begins, last: lastId } : null,
    length: Number(length),
  };
}

/** The entries from one id to another, both included. It reads a page at a time, so memory does not grow with the log. */
export async function* readEntries(
  redis: Connection,
  keys: Keys,
  range: { from: string; to: string },
  page = 500,
): AsyncGenerator<LogEntry[]> {
  let from = range.from;
  for (;;) {
    const entries = (await redis.xrangeBuffer(keys.audit, from, range.to, 'COUNT', page)).map(toEntry);
    const last = entries.at(-1);
    if (!last) return;
    yield entries;
    if (entries.length < page) return;
    from = `(${last.id}`;
  }
}

/** The first (or, from the other end, the last) entry of a range. */
export async function oneEntry(
  redis: Connection,
  keys: Keys,
  range: { from: string; to: string; end: 'first' | 'last' },
): Promise<LogEntry | null> {
  const entries =
    range.end === 'first'
      ? await redis.xrangeBuffer(keys.audit, range.from, range.to, 'COUNT', 1)
      : await redis.xrevrangeBuffer(keys.audit, range.to, range.from, 'COUNT', 1);
  return entries[0] ? toEntry(entries[0]) : null;
}

/**
 * The lowest `seq` from which on records are dated `since` or later; one past the last where there is none. An entry that
 * is no record has no date: the date of the next record counts.
 */
export async function firstSince(
  redis: Connection,
  keys: Keys,
  bounds: { first: number; last: number },
  since: Date,
): Promise<number> {
  const wanted = since.toISOString();
  let low = bounds.first;
  let high = bounds.last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await firstDated(redis, keys, `${middle}-0`, `(${high}-0`);
    if (!found || found.at >= wanted) high = middle;
    else low = found.seq + 1;
  }
  return low;
}

async function firstDated(redis: Connection, keys: Keys, from: string, to: string) {
  for await (const entries of readEntries(redis, keys, { from, to }, 1)) {
    for (const entry of entries) {
      const { at } = parseObject(entry.bytes ?? '') ?? {};
      if (typeof at === 'string') return { seq: seqOf(entry.id), at };
    }
  }
  return null;
}

/** @throws Error where it is no record */
export function placeOf(entry: LogEntry): { log: string; seq: number; at: string } {
  const { log, seq, at } = parseObject(entry.bytes ?? '') ?? {};
  if (typeof log === 'string' && isSeq(seq) && typeof at === 'string') return { log, seq, at };
  throw new Error(`entry ${entry.id} of the audit log is no record: see \`audit verify\``);
}
