import { type AuditHead, lossOf } from '../domain/audit-record.ts';
import { type AuditKey, hashRecord, macOf, sameBytes } from './audit-chain.ts';
import { type LogEntry, oneEntry, toEntry } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import { parseObject } from './export-format.ts';
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
