import { isUtf8 } from 'node:buffer';
import type { Connection } from './connection.ts';
import { type ExportedRecord, isSeq, parseObject, readFields } from './export-format.ts';
import type { Keys } from './keys.ts';

/** An entry of the log's stream as it lies there: whether it is a record is for the reader to find out. */
export interface LogEntry {
  /** The stream's id of it; `7-0` for record 7. */
  id: string;
  bytes: string | null;
  /** Hex, like `mac`. */
  hash: string | null;
  mac: string | null;
  kid: string | null;
  /** Why it is no record, as the rest of a sentence: then all four are null. */
  problem: string | null;
}

/** Where the log stood at one moment. */
export interface LogSnapshot {
  head: { log: string; seq: number; hash: string } | null;
  /** Up to where it was archived; what lies at or below is no longer part of it, though it may still lie there. */
  floor: { seq: number; hash: string } | null;
  /** The ids of the first and the last entry; null: there is none. */
  ends: { first: string; last: string } | null;
  length: number;
}

type RawEntry = [Buffer, Buffer[]];

/** Head and ends of the log, read in one transaction. */
export async function readSnapshot(redis: Connection, keys: Keys): Promise<LogSnapshot> {
  const replies = await redis
    .multi()
    .hmget(keys.head, 'log', 'seq', 'hash')
    .hmget(keys.floor, 'seq', 'hash')
    .xlen(keys.audit)
    .xrange(keys.audit, '-', '+', 'COUNT', 1)
    .xrevrange(keys.audit, '+', '-', 'COUNT', 1)
    .exec();
  const [head, floor, length, first, last] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [log, seq, hash] = head as (string | null)[];
  const [floorSeq, floorHash] = floor as (string | null)[];
  const [firstId, lastId] = [first, last].map((entries) => (entries as [string, unknown][])[0]?.[0]);
  const stands = floorSeq && floorHash ? { seq: Number(floorSeq), hash: floorHash } : null;
  // Trimming behind the floor is lazy.
  const begins = stands && firstId && seqOf(firstId) <= stands.seq ? `${stands.seq + 1}-0` : firstId;
  return {
    head: log && seq && hash ? { log, seq: Number(seq), hash } : null,
    floor: stands,
    ends: begins && lastId ? { first: begins, last: lastId } : null,
    length: Number(length),
  };
}

/** The entries from one id to another, both included, a page at a time: memory does not grow with the log. */
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

/** The `seq` that an id stands for. */
export function seqOf(id: string): number {
  return Number(id.split('-')[0]);
}

/** The fields of an entry, in the order that a record is written in: what reads by place and what reads by name agree. */
const NAMES = ['b', 'h', 'm', 'k'];

/** An entry as Redis answers it: a record's four fields and no other, or none of them. */
export function toEntry([rawId, fields]: RawEntry): LogEntry {
  const id = rawId.toString();
  const no = (problem: string) => ({ id, bytes: null, hash: null, mac: null, kid: null, problem });
  const [, bytes, , hash, , mac, , kid] = fields;
  const named =
    fields.length === 2 * NAMES.length && NAMES.every((name, place) => fields[2 * place]?.equals(Buffer.from(name)));
  if (!named || !bytes || !hash || !mac || !kid)
    return no(`has not the fields of a record, ${NAMES.join(' ')}, alone and in this order`);
  // A decoder would put one and the same character in the place of whatever is none.
  if (!isUtf8(bytes) || !isUtf8(kid)) return no('holds bytes that are no UTF-8');
  return {
    id,
    bytes: bytes.toString('utf8'),
    hash: hash.toString('hex'),
    mac: mac.toString('hex'),
    kid: kid.toString('utf8'),
    problem: null,
  };
}

/** The record that an entry holds, or what is wrong with it as the rest of a sentence. */
export function recordOf({ bytes, hash, mac, kid, problem }: LogEntry): ExportedRecord | { problem: string } {
  return problem === null ? readFields({ bytes, hash, mac, kid }) : { problem };
}

/**
 * The lowest `seq` from which on records are dated `since` or later; one past the last where none is. What is no record has
 * no date, and the next one's counts.
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
