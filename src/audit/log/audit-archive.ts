import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { keysLike } from '../../store/connection/keys-like.ts';
import { indexKeysOf } from '../../store/ledger/index-keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { seqOf } from '../format/log-entry.ts';
import { parseObject } from '../format/parse-json.ts';
import { readArchivedUpTo } from './archived-up-to.ts';
import { firstSince, oneEntry, placeOf, readEntries, readSnapshot } from './audit-entries.ts';
import type { ExportPlan } from './audit-export.ts';
import { readOpenOnRecord } from './open-on-record.ts';

/** How many records one step deletes: few enough that no other command waits long. */
const STEP = 500;

/** The error where Redis says that the log was archived, and no record does. */
const UNPROVEN =
  'Redis says that part of the audit log was archived, and no record of the log says so: nothing is taken out of Redis. See `audit verify`';

export interface ArchivePlan extends ExportPlan {
  /** Why less is archived than was asked for; null: all of it is. */
  held: 'open' | 'last-record' | null;
}

/**
 * The part of the log that may leave Redis: from its beginning up to the moment. It ends before the last record of the log
 * and before the first record of a request that is open, or whose grant is, since these records prove what is stored, and
 * an archive has no gaps.
 */
export async function planArchive(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  { until, now }: { until: Date; now: Date },
): Promise<ArchivePlan> {
  const { ends } = await readSnapshot(redis, keys);
  const at = now.toISOString();
  const nothing = { log: null, first: null, last: null, hash: null, count: 0, at };
  if (!ends) return { head: nothing, ids: null, held: null };
  const bounds = { first: seqOf(ends.first), last: seqOf(ends.last) };
  const asked = (await firstSince(redis, keys, bounds, until)) - 1;
  const [stored, proven] = await Promise.all([firstOfOpen(redis, keys), readOpenOnRecord(redis, keys, auditKeys)]);
  const last = Math.min(asked, bounds.last - 1, (stored ?? Infinity) - 1, (proven.first() ?? Infinity) - 1);
  const held = last >= asked ? null : last === bounds.last - 1 ? 'last-record' : 'open';
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

/** The lowest place of a record of a request that is stored as open; null: none is. */
async function firstOfOpen(redis: Connection, keys: Keys): Promise<number | null> {
  const ids = await redis.zrange(keys.open, '0', '-1');
  const firsts = await Promise.all(ids.map((id) => redis.zrange(keys.indexRequest(id), '0', '0')));
  const seqs = firsts.flat().map(Number);
  return seqs.length === 0 ? null : Math.min(...seqs);
}

/**
 * Deletes some of the archived records from the log and its indexes. It may be repeated, run by several bots at once, and
 * continued after a crash.
 * @returns whether there may be more to delete
 * @throws Error where no record says that the log was archived: then nothing is deleted
 */
export async function trimStep(redis: Connection, keys: Keys, auditKeys: readonly AuditKey[]): Promise<boolean> {
  const archivedUpTo = await readArchivedUpTo(redis, keys, auditKeys);
  if (archivedUpTo === 'unproven') throw new Error(UNPROVEN);
  if (archivedUpTo === null) return false;
  const entries = await redis.xrange(keys.audit, '-', `${archivedUpTo.seq}-0`, 'COUNT', STEP);
  const last = entries.at(-1);
  if (!last) return false;
  const byIndex = new Map<string, string[]>();
  for (const [id, fields] of entries) {
    const record = parseObject(fields[1] ?? '') as AuditRecord | null;
    for (const key of record === null ? [] : indexKeysOf(record, keys)) {
      byIndex.set(key, [...(byIndex.get(key) ?? []), String(seqOf(id))]);
    }
  }
  // The indexes first: after a crash the records still tell which index entries are left.
  await Promise.all([...byIndex].map(([key, seqs]) => redis.zrem(key, ...seqs)));
  await redis.xtrim(keys.audit, 'MINID', `${seqOf(last[0]) + 1}-0`);
  return entries.length === STEP;
}

/**
 * Deletes the index entries of archived records that `trimStep` could not find: of records that could not be read, or were
 * lost. It runs once for each archive, after all archived records are deleted.
 */
export async function sweepIndexes(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  stopped: () => boolean,
): Promise<void> {
  const archivedUpTo = await readArchivedUpTo(redis, keys, auditKeys);
  if (archivedUpTo === 'unproven' || archivedUpTo === null) return;
  if ((await redis.hget(keys.archivedUpTo, 'swept')) === String(archivedUpTo.seq)) return;
  const left = await redis.xrange(keys.audit, '-', `${archivedUpTo.seq}-0`, 'COUNT', 1);
  if (left.length > 0) return;
  for await (const names of keysLike(redis, keys.everyIndex)) {
    if (stopped()) return;
    const pipeline = redis.pipeline();
    for (const name of names) pipeline.zremrangebyscore(name, '-inf', archivedUpTo.seq);
    for (const [fault] of (await pipeline.exec()) ?? []) {
      // A key of another type is not an index: `audit verify` reports it.
      if (fault && !fault.message.startsWith('WRONGTYPE')) throw fault;
    }
  }
  await redis.hset(keys.archivedUpTo, 'swept', String(archivedUpTo.seq));
}
