import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { keysLike } from '../../store/connection/keys-like.ts';
import { loadScript } from '../../store/connection/script.ts';
import { batchCall, batchKeysOf, readAnswer, type Write } from '../../store/ledger/commit-batch.ts';
import { seqOf } from '../format/log-entry.ts';
import { readEntries, readSnapshot } from '../log/audit-entries.ts';
import { indexesOf } from '../log/audit-index-check.ts';
import type { RebuildPlan } from './rebuild-plan.ts';

const WRITES_AT_ONCE = 200;
/** How long Redis keeps that a part was written. */
const SECONDS = 60;
/** No bot writes, so this is only the form of the script. */
const TURN_MS = 500;

/** What kept it from being written. `moved`: a bot wrote to the log meanwhile. `lost`: bots found records missing. */
export type Rewritten = 'written' | 'moved' | 'lost';

/**
 * Writes what the plan says, each part only while the log still ends where the plan ends. Safe to repeat after a crash: the next
 * plan has what is missing.
 * @param head the last record of the log now
 * @throws NotRecorded where Redis refuses a write
 */
export async function writeRebuilt(
  redis: Connection,
  keys: Keys,
  plan: RebuildPlan,
  head: AuditHead | null,
): Promise<Rewritten> {
  if (head === null || head.hash !== plan.last.hash) return 'moved';
  const part = createPartWriter(redis, keys, head);
  const drops = [...plan.wrongTypes, ...plan.differences.flatMap(({ drop }) => drop ?? [])];
  const begun = await part([]);
  if (begun !== 'written') return begun;
  for (let from = 0; from < drops.length; from += WRITES_AT_ONCE) {
    await redis.unlink(...drops.slice(from, from + WRITES_AT_ONCE));
  }
  const writes = [...plan.differences.flatMap(({ write }) => write), ...plan.polled];
  for (let from = 0; from < writes.length; from += WRITES_AT_ONCE) {
    const written = await part(writes.slice(from, from + WRITES_AT_ONCE));
    if (written !== 'written') return written;
  }
  return 'written';
}

/** Writes by the script of all commits: as one without records. */
function createPartWriter(redis: Connection, keys: Keys, head: AuditHead) {
  const run = loadScript(redis, 'commit');
  const { keys: names } = batchKeysOf(keys);
  const batch = { writer: randomUUID(), turnMs: TURN_MS, takesTurn: false, seconds: SECONDS, keys: names, types: [] };

  return async function part(write: readonly Write[]): Promise<Rewritten> {
    const operation = { key: keys.operation(`rebuild:${randomUUID()}`), answer: '{}' };
    const commit = { operation, claim: null, expect: [], records: [], at: head.at, write };
    for (;;) {
      const [first = []] = (await run(...batchCall([commit], { ...batch, head }))) as string[][];
      const answer = readAnswer(first);
      if (answer.kind === 'committed' || answer.kind === 'repeated') return 'written';
      if (answer.kind === 'stopped') return 'lost';
      if (answer.kind !== 'turn') return 'moved';
      await sleep(answer.ms);
    }
  };
}

/** Makes all look-up indexes anew from the records. After a crash in between `audit verify` finds them wrong, and it is repeated. */
export async function rebuildIndexes(redis: Connection, keys: Keys): Promise<void> {
  for await (const names of keysLike(redis, keys.everyIndex)) await redis.unlink(...names);
  const { ends } = await readSnapshot(redis, keys);
  if (ends === null) return;
  for await (const page of readEntries(redis, keys, { from: ends.first, to: ends.last })) {
    const pipeline = redis.pipeline();
    for (const { id, bytes } of page) {
      const seq = seqOf(id);
      for (const index of indexesOf(bytes, keys)) pipeline.zadd(index, seq, String(seq));
    }
    for (const [fault] of (await pipeline.exec()) ?? []) if (fault) throw fault;
  }
}
