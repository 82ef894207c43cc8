import { type AuditHead, lossOf } from '../domain/audit-record.ts';
import { type AuditKey, hashRecord, macOf, sameBytes } from './audit-chain.ts';
import { type LogEntry, oneEntry, toEntry } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import { isHash, isSeq, parseObject } from './export-format.ts';
import type { Keys } from './keys.ts';

/** A record that somebody saw, a bot or a checkpoint. */
export interface Sight {
  log: string;
  seq: number;
  hash: string;
}

/** How the log in Redis stands to what was seen of it. */
export type Standing =
  | { kind: 'there'; head: AuditHead | null }
  /** It is not there, and a person accepted that: the log goes on from `head`. */
  | { kind: 'accepted'; head: AuditHead }
  | { kind: 'lost'; head: AuditHead | null };

interface Stored {
  head: AuditHead | null;
  /** The last accepted loss. */
  loss: number | null;
  /** Places without a record, all told. */
  gap: number;
  floor: { seq: number; hash: string } | null;
  /** The entry in the place that was asked about. */
  entry: LogEntry | null;
}

/** Head, floor and one place of the log, read in one transaction. */
export async function readPlace(redis: Connection, keys: Keys, seq: number): Promise<Stored> {
  const replies = await redis
    .multi()
    .hmget(keys.head, 'log', 'seq', 'hash', 'at', 'loss', 'gap')
    .hmget(keys.floor, 'seq', 'hash')
    .xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`)
    .exec();
  const [head, floor, entries] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [log, last, hash, at, loss, gap] = head as (string | null)[];
  const [floorSeq, floorHash] = floor as (string | null)[];
  return {
    head: log && last && hash && at ? { log, seq: Number(last), hash, at } : null,
    loss: loss ? Number(loss) : null,
    gap: Number(gap ?? 0),
    floor: floorSeq && floorHash ? { seq: Number(floorSeq), hash: floorHash } : null,
    entry: toFirst(entries as [Buffer, Buffer[]][]),
  };
}

/**
 * Whether a record that was seen is still in the log, archived, or given up by a person. The record itself is looked
 * at, since an emptied log may still have its head.
 */
export async function standingOf(
  redis: Connection,
  keys: Keys,
  sight: Sight,
  auditKeys: readonly AuditKey[],
): Promise<Standing> {
  const { head, loss, floor, entry } = await readPlace(redis, keys, sight.seq);
  const goesOn = head !== null && head.log === sight.log && head.seq >= sight.seq;
  const isThere = entry?.bytes != null && hashRecord(entry.bytes).toString('hex') === sight.hash;
  if (goesOn && isThere) return { kind: 'there', head };
  if (goesOn && floor !== null && floor.seq >= sight.seq && head.seq > floor.seq) return { kind: 'there', head };
  if (head !== null && loss !== null && loss > sight.seq) {
    const accepted = await oneEntry(redis, keys, { from: `${loss}-0`, to: `${loss}-0`, end: 'first' });
    if (accepted && covers(accepted, sight, auditKeys)) return { kind: 'accepted', head };
  }
  return { kind: 'lost', head };
}

/** What came of holding the log against all that was seen of it. */
export interface Held {
  head: AuditHead | null;
  lost: Sight[];
  accepted: Sight[];
}

/**
 * Holds the log against what this process saw, and against what bots saw that found it lost. What of the latter is there
 * again, or was accepted, no longer stops anybody.
 */
export async function holdLog(
  redis: Connection,
  keys: Keys,
  own: readonly Sight[],
  auditKeys: readonly AuditKey[],
): Promise<Held> {
  const published = await publishedSights(redis, keys);
  const sights = [...own, ...published.flatMap(({ sight }) => sight ?? [])];
  const distinct = sights.filter((sight, place) => sights.findIndex((one) => sameSight(one, sight)) === place);
  const standings = await Promise.all(
    distinct.map(async (sight) => ({ sight, ...(await standingOf(redis, keys, sight, auditKeys)) })),
  );
  const of = (kind: Standing['kind']) => standings.filter((one) => one.kind === kind).map(({ sight }) => sight);
  const lost = of('lost');
  const over = published.filter(({ sight }) => sight === null || !lost.some((one) => sameSight(one, sight)));
  if (over.length > 0) await redis.hdel(keys.seen, ...over.map(({ name }) => name));
  const { head } = standings.at(-1) ?? (await readPlace(redis, keys, 0));
  return { head, lost, accepted: of('accepted') };
}

/** What bots saw that found the log lost; null where it can't be read. */
export async function publishedSights(redis: Connection, keys: Keys): Promise<{ name: string; sight: Sight | null }[]> {
  const told = Object.entries(await redis.hgetall(keys.seen));
  return told.map(([name, text]) => {
    const { log, seq, hash } = parseObject(text) ?? {};
    const whole = typeof log === 'string' && isSeq(seq) && typeof hash === 'string' && isHash(hash);
    return { name, sight: whole ? { log, seq, hash } : null };
  });
}

export async function publishSights(redis: Connection, keys: Keys, sights: readonly Sight[]): Promise<void> {
  for (const { log, seq, hash } of sights) {
    await redis.hset(keys.seen, `${log}:${seq}:${hash}`, JSON.stringify({ log, seq, hash }));
  }
}

export function sameSight(one: Sight, other: Sight): boolean {
  return one.log === other.log && one.seq === other.seq && one.hash === other.hash;
}

/** Whoever holds no key can't accept a loss. */
function covers(entry: LogEntry, sight: Sight, auditKeys: readonly AuditKey[]): boolean {
  const { bytes, mac, kid } = entry;
  const key = auditKeys.find((candidate) => candidate.kid === kid);
  if (bytes === null || mac === null || !key) return false;
  if (!sameBytes(macOf(hashRecord(bytes), key.key), Buffer.from(mac, 'hex'))) return false;
  const detail = lossOf(parseObject(bytes) as { event: string });
  return detail !== null && detail.seen.log === sight.log && sight.seq >= detail.from && sight.seq <= detail.seen.seq;
}

function toFirst(entries: [Buffer, Buffer[]][]): LogEntry | null {
  const [first] = entries;
  return first ? toEntry(first) : null;
}
