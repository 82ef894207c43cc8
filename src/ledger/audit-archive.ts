import type { AuditRecord } from '../domain/audit-record.ts';
import type { AuditKey } from './audit-chain.ts';
import { firstSince, oneEntry, placeOf, readEntries, readSnapshot, seqOf } from './audit-entries.ts';
import type { ExportPlan } from './audit-export.ts';
import { vouchedFloor } from './audit-loss.ts';
import { indexKeysOf } from './audit-search.ts';
import type { Connection } from './connection.ts';
import { parseObject } from './export-format.ts';
import { indexNames } from './index-entries.ts';
import type { Keys } from './keys.ts';

/** One step of the trimming: short enough that nobody waits for it. */
const STEP = 500;

/** What is told where Redis says that the log was archived, and no record does. */
const UNVOUCHED =
  'Redis says that part of the audit log was archived, and no record of the log says so: nothing is taken out of Redis. See `audit verify`';

export interface ArchivePlan extends ExportPlan {
  /** Why less is archived than was asked for; null: it isn't. */
  held: 'open-request' | 'last-record' | null;
}

/**
 * What of the log may leave Redis: from its floor up to the moment, without the last record and without those of open
 * requests, since a floor can't leave out what lies below it.
 */
export async function planArchive(redis: Connection, keys: Keys, until: Date, now: Date): Promise<ArchivePlan> {
  const { ends } = await readSnapshot(redis, keys);
  const at = now.toISOString();
  const nothing = { log: null, first: null, last: null, hash: null, count: 0, at };
  if (!ends) return { head: nothing, ids: null, held: null };
  const bounds = { first: seqOf(ends.first), last: seqOf(ends.last) };
  const asked = (await firstSince(redis, keys, bounds, until)) - 1;
  const open = await firstOfOpen(redis, keys);
  const last = Math.min(asked, bounds.last - 1, open === null ? Infinity : open - 1);
  const held = last >= asked ? null : last === bounds.last - 1 ? 'last-record' : 'open-request';
  if (last < bounds.first) return { head: nothing, ids: null, held };
  const within = { from: ends.first, to: `${last}-0` };
  const [first, final] = await Promise.all([
    oneEntry(redis, keys, { ...within, end: 'first' }),
    oneEntry(redis, keys, { ...within, end: 'last' }),
  ]);
  if (!first || !final) return { head: nothing, ids: null, held };
  const ids = { from: first.id, to: final.id };
  let count = 0;
  for await (const entries of readEntries(redis, keys, ids)) count += entries.length;
  const place = placeOf(final);
  const head = { log: place.log, first: placeOf(first).seq, last: place.seq, hash: final.hash, count, at };
  return { head, ids, held };
}

/** The lowest place of a record that belongs to an open request; null: none is open. */
async function firstOfOpen(redis: Connection, keys: Keys): Promise<number | null> {
  const ids = await redis.zrange(keys.open, '0', '-1');
  const firsts = await Promise.all(ids.map((id) => redis.zrange(keys.indexRequest(id), '0', '0')));
  const seqs = firsts.flat().map(Number);
  return seqs.length === 0 ? null : Math.min(...seqs);
}

/**
 * Takes one step's worth of what lies below the floor out of the log and its indexes. Safe to repeat, by several at once,
 * and to go on with after a crash.
 * @returns whether anything may be left
 * @throws Error where no record says that the log was archived: then nothing is taken out
 */
export async function trimStep(redis: Connection, keys: Keys, auditKeys: readonly AuditKey[]): Promise<boolean> {
  const floor = await vouchedFloor(redis, keys, auditKeys);
  if (floor === 'unvouched') throw new Error(UNVOUCHED);
  if (floor === null) return false;
  const entries = await redis.xrange(keys.audit, '-', `${floor.seq}-0`, 'COUNT', STEP);
  const last = entries.at(-1);
  if (!last) return false;
  const byIndex = new Map<string, string[]>();
  for (const [id, fields] of entries) {
    const record = parseObject(fields[1] ?? '') as AuditRecord | null;
    for (const key of record === null ? [] : indexKeysOf(record, keys)) {
      byIndex.set(key, [...(byIndex.get(key) ?? []), String(seqOf(id))]);
    }
  }
  // The indexes first: what a crash leaves is found again by its records.
  await Promise.all([...byIndex].map(([key, seqs]) => redis.zrem(key, ...seqs)));
  await redis.xtrim(keys.audit, 'MINID', `${seqOf(last[0]) + 1}-0`);
  return entries.length === STEP;
}

/**
 * Takes out of the indexes what they still name below the floor, once all records there are out of the log: a record that
 * could not be read named no index when it went, and what was lost with a part of the log names none. Once an archive.
 */
export async function sweepIndexes(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  stopped: () => boolean,
): Promise<void> {
  const floor = await vouchedFloor(redis, keys, auditKeys);
  if (floor === 'unvouched' || floor === null) return;
  if ((await redis.hget(keys.floor, 'swept')) === String(floor.seq)) return;
  const left = await redis.xrange(keys.audit, '-', `${floor.seq}-0`, 'COUNT', 1);
  if (left.length > 0) return;
  for await (const names of indexNames(redis, keys)) {
    if (stopped()) return;
    const pipeline = redis.pipeline();
    for (const name of names) pipeline.zremrangebyscore(name, '-inf', floor.seq);
    for (const [fault] of (await pipeline.exec()) ?? []) {
      // What is no index there is told by `audit verify`.
      if (fault && !fault.message.startsWith('WRONGTYPE')) throw fault;
    }
  }
  await redis.hset(keys.floor, 'swept', String(floor.seq));
}
