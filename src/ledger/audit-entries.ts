import type { Connection } from './connection.ts';
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
}

/** Where the log stood at one moment. */
export interface LogSnapshot {
  head: { log: string; seq: number; hash: string } | null;
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
    .xlen(keys.audit)
    .xrange(keys.audit, '-', '+', 'COUNT', 1)
    .xrevrange(keys.audit, '+', '-', 'COUNT', 1)
    .exec();
  const [head, length, first, last] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [log, seq, hash] = head as (string | null)[];
  const [firstId, lastId] = [first, last].map((entries) => (entries as [string, unknown][])[0]?.[0]);
  return {
    head: log && seq && hash ? { log, seq: Number(seq), hash } : null,
    ends: firstId && lastId ? { first: firstId, last: lastId } : null,
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

function toEntry([id, fields]: RawEntry): LogEntry {
  const field = (name: string): Buffer | null => {
    const place = fields.findIndex((key, index) => index % 2 === 0 && key.toString() === name);
    return (place === -1 ? null : fields[place + 1]) ?? null;
  };
  return {
    id: id.toString(),
    bytes: field('b')?.toString('utf8') ?? null,
    hash: field('h')?.toString('hex') ?? null,
    mac: field('m')?.toString('hex') ?? null,
    kid: field('k')?.toString('utf8') ?? null,
  };
}
