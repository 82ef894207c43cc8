import type { AuditHead } from '../domain/audit-record.ts';
import { archivedOf, lossOf } from '../domain/log-claims.ts';
import type { LossDetail } from '../domain/log-details.ts';
import { type AuditKey, hashRecord } from './audit-chain.ts';
import { type LogEntry, seqOf, toEntry } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import { createEntryCheck } from './entry-check.ts';
import { isHash, isSeq, parseObject } from './export-format.ts';
import type { Keys } from './keys.ts';
import { createSharedSeal } from './shared-seal.ts';

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

/** Up to where the log was archived; `by`, `at`: place and time of the record that says so. */
export interface Floor extends Sight {
  by: number;
  at: string;
}

interface Stored {
  head: AuditHead | null;
  /** The places of accepted losses, and how many places each left empty. */
  losses: { seq: number; empty: number }[];
  floor: Floor | null;
  /** The entry in the place that was asked about. */
  entry: LogEntry | null;
}

/** Head, floor and one place of the log, read in one transaction. */
export async function readPlace(redis: Connection, keys: Keys, seq: number): Promise<Stored> {
  const replies = await redis
    .multi()
    .hmget(keys.head, 'log', 'seq', 'hash', 'at')
    .hgetall(keys.losses)
    .hmget(keys.floor, 'log', 'seq', 'hash', 'by', 'at')
    .xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`)
    .exec();
  const [head, losses, floor, entries] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [log, last, hash, at] = head as (string | null)[];
  const [floorLog, floorSeq, floorHash, by, floorAt] = floor as (string | null)[];
  return {
    head: log && last && hash && at ? { log, seq: Number(last), hash, at } : null,
    losses: Object.entries(losses as Record<string, string>).map(([seq, empty]) => ({
      seq: Number(seq),
      empty: Number(empty),
    })),
    floor:
      floorLog && floorSeq && floorHash
        ? { log: floorLog, seq: Number(floorSeq), hash: floorHash, by: Number(by), at: floorAt ?? '' }
        : null,
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
  const { head, losses, floor, entry } = await readPlace(redis, keys, sight.seq);
  const goesOn = head !== null && head.log === sight.log && head.seq >= sight.seq;
  const isThere = entry?.bytes != null && hashRecord(entry.bytes).toString('hex') === sight.hash;
  if (goesOn && isThere) return { kind: 'there', head };
  if (goesOn && floor !== null && floor.seq >= sight.seq && head.seq > floor.seq) {
    const now = await readPlace(redis, keys, floor.by);
    // Archived again meanwhile: another record vouches.
    if (now.floor?.by !== floor.by) return standingOf(redis, keys, sight, auditKeys);
    if (vouchesFor(now.entry, floor, auditKeys)) return { kind: 'there', head };
  }
  for (const { seq } of losses.filter((loss) => head !== null && loss.seq > sight.seq)) {
    const accepted = await acceptedAt(redis, keys, seq, auditKeys);
    if (head && accepted && covers(accepted, sight)) return { kind: 'accepted', head };
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
  const published = await publishedSights(redis, keys, auditKeys);
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

const SIGHT = 'sight';
const sightText = ({ log, seq, hash }: Sight) => JSON.stringify({ log, seq, hash });

/** What bots saw that found the log lost; null where no bot with these keys says so: that stops nobody. */
export async function publishedSights(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<{ name: string; sight: Sight | null }[]> {
  const told = Object.entries(await redis.hgetall(keys.seen));
  const { isSealed } = createSharedSeal(auditKeys);
  return told.map(([name, text]) => {
    const { log, seq, hash, seal } = parseObject(text) ?? {};
    const whole = typeof log === 'string' && isSeq(seq) && typeof hash === 'string' && isHash(hash);
    const sealed = whole && typeof seal === 'string' && isSealed(SIGHT, sightText({ log, seq, hash }), seal);
    return { name, sight: sealed ? { log, seq, hash } : null };
  });
}

export async function publishSights(
  redis: Connection,
  keys: Keys,
  sights: readonly Sight[],
  auditKeys: readonly AuditKey[],
): Promise<void> {
  const { seal } = createSharedSeal(auditKeys);
  for (const sight of sights) {
    const { log, seq, hash } = sight;
    const words = { log, seq, hash, seal: seal(SIGHT, sightText(sight)) };
    await redis.hset(keys.seen, `${log}:${seq}:${hash}`, JSON.stringify(words));
  }
}

export function sameSight(one: Sight, other: Sight): boolean {
  return one.log === other.log && one.seq === other.seq && one.hash === other.hash;
}

function covers({ from, seen }: LossDetail, sight: Sight): boolean {
  return seen.log === sight.log && sight.seq >= from && sight.seq <= seen.seq;
}

/** What the accepted loss in a place gives up; null where no holder of a key accepted one there. */
export async function acceptedAt(
  redis: Connection,
  keys: Keys,
  seq: number,
  auditKeys: readonly AuditKey[],
): Promise<LossDetail | null> {
  const { entry } = await readPlace(redis, keys, seq);
  const record = ownRecord(entry, auditKeys);
  return record && lossOf(record);
}

/**
 * Up to where the log was archived, as a record says that a holder of a key wrote. Null: it was not. `unvouched`: Redis
 * says that it was, and no such record does.
 */
export async function vouchedFloor(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<Floor | 'unvouched' | null> {
  const { floor } = await readPlace(redis, keys, 0);
  if (floor === null) return null;
  const now = await readPlace(redis, keys, floor.by);
  // Archived again meanwhile.
  if (now.floor?.by !== floor.by) return vouchedFloor(redis, keys, auditKeys);
  return vouchesFor(now.entry, floor, auditKeys) ? floor : 'unvouched';
}

function vouchesFor(entry: LogEntry | null, floor: Floor, auditKeys: readonly AuditKey[]): boolean {
  const record = ownRecord(entry, auditKeys);
  if (record?.log !== floor.log) return false;
  const said = archivedOf(record);
  return said?.seq === floor.seq && said.hash === floor.hash;
}

/** Whoever holds no key can neither accept a loss nor archive anything. */
function ownRecord(entry: LogEntry | null, auditKeys: readonly AuditKey[]): { log?: unknown; event: string } | null {
  if (entry === null) return null;
  const found = createEntryCheck(auditKeys)(seqOf(entry.id), entry);
  return 'untrusted' in found ? null : (found.record as { event: string });
}

function toFirst(entries: [Buffer, Buffer[]][]): LogEntry | null {
  const [first] = entries;
  return first ? toEntry(first) : null;
}
