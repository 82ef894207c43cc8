import { type KeyObject, randomUUID } from 'node:crypto';
import type { Clock } from '../workflow/ports.ts';
import { hashRecord } from './audit-chain.ts';
import { oneEntry, seqOf } from './audit-entries.ts';
import { readPlace } from './audit-loss.ts';
import {
  appendCheckpoints,
  type Checkpoint,
  type CheckpointLine,
  readCheckpointFile,
  readCheckpointLine,
  signatureOf,
  writeCheckpointLine,
} from './checkpoint-format.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

const EVERY_RECORDS = 100;
const EVERY_MS = 10 * 60_000;
/** Longer than a round may take. */
const LOCK_MS = 20_000;
/** A round makes at most so many; the rest follows in the next. */
const MOST_AT_ONCE = 100;

interface CheckpointOptions {
  redis: Connection;
  keys: Keys;
  clock: Clock;
  signingKey: KeyObject | null;
  /** Outside Redis; null: none is kept. */
  file: string | null;
}

/**
 * Checkpoints of the log: one at every hundredth record, and one of the last record when something is new and the one
 * before is 10 minutes old. One bot of all makes them; each bot keeps what was made in its own file.
 */
export function createCheckpoints({ redis, keys, clock, signingKey, file }: CheckpointOptions) {
  /** The last line in Redis that this process made, or kept in its file, or refused. */
  let judged = '';

  /** The lines made in this round, oldest first: to be told in the channel by this bot. */
  async function round(): Promise<string[]> {
    const [seq, at, line] = await redis.hmget(keys.checkpoint, 'seq', 'at', 'line');
    await catchUp(line ?? null);
    const { head } = await readPlace(redis, keys, 0);
    if (head === null) return [];
    const now = clock.now().getTime();
    if (seq == null) await redis.hset(keys.checkpoint, { seq: 0, at: now });
    const last = { seq: Number(seq ?? 0), at: Number(at ?? now) };
    if (!isDue(head.seq, last, now)) return [];
    const token = randomUUID();
    if ((await redis.set(keys.checkpointLock, token, 'PX', LOCK_MS, 'NX')) === null) return [];
    try {
      // Another bot may have been at it until just now.
      if ((await redis.hget(keys.checkpoint, 'seq')) !== String(last.seq)) return [];
      return await make(head.seq, last, now);
    } finally {
      if ((await redis.get(keys.checkpointLock)) === token) await redis.del(keys.checkpointLock);
    }
  }

  async function make(headSeq: number, last: { seq: number; at: number }, now: number): Promise<string[]> {
    const lines: string[] = [];
    let newest = last.seq;
    const take = async (seq: number) => {
      const found = await checkpointOf(redis, keys, seq, clock.now());
      if (found) lines.push(writeCheckpointLine(found, signingKey));
      newest = seq;
    };
    const hundreds = lastHundred(headSeq);
    while (newest < hundreds && lines.length < MOST_AT_ONCE) {
      const due = lastHundred(newest) + EVERY_RECORDS;
      // Places may be empty, after an accepted loss or an archive: then it is the first record behind them.
      const next = await oneEntry(redis, keys, { from: `${due}-0`, to: `${headSeq}-0`, end: 'first' });
      if (!next) break;
      await take(seqOf(next.id));
    }
    if (now - last.at >= EVERY_MS && headSeq > newest && newest >= hundreds) await take(headSeq);
    if (file !== null && lines.length > 0) await appendCheckpoints(file, lines);
    await redis.hset(keys.checkpoint, {
      seq: newest,
      at: now,
      ...(lines.length > 0 ? { line: lines.at(-1) ?? '' } : {}),
    });
    judged = lines.at(-1) ?? judged;
    return lines;
  }

  /** Another bot made it: this bot's own file is to have it too, where the two are not the same file. */
  async function catchUp(line: string | null): Promise<void> {
    const made = line === null ? null : readCheckpointLine(line.trimEnd());
    if (file === null || line === null || !made || line === judged) return;
    const { lines } = await readCheckpointFile(file).catch(missing);
    const borneOut = lines.some(({ text }) => text === made.text) ? null : await isBorneOut(made);
    if (borneOut === true) await appendCheckpoints(file, [line]);
    judged = line;
    if (borneOut === false) {
      throw new Error(
        `Redis holds a checkpoint of record ${made.checkpoint.seq} that no bot with this signing key made of this log: it is not kept`,
      );
    }
  }

  /** Whoever writes to Redis must not write into the file by that. Null: the record is archived, and can't be looked at. */
  async function isBorneOut(made: CheckpointLine): Promise<boolean | null> {
    const { log, seq, hash, count } = made.checkpoint;
    if (signingKey !== null && signatureOf(made, signingKey) !== 'good') return false;
    const { floor } = await readPlace(redis, keys, seq);
    if (floor !== null && seq <= floor.seq) return null;
    const found = await checkpointOf(redis, keys, seq, clock.now());
    return found?.log === log && found.hash === hash && found.count === count;
  }

  return { round };
}

/** A running bot makes one of the last record at its next round, as if the one before were old. */
export async function checkpointSoon(redis: Connection, keys: Keys): Promise<void> {
  await redis.hset(keys.checkpoint, 'at', 0);
}

/** A checkpoint of one record, by its own bytes; null where there is no such record. */
export async function checkpointOf(redis: Connection, keys: Keys, seq: number, now: Date): Promise<Checkpoint | null> {
  const { head, losses, entry } = await readPlace(redis, keys, seq);
  if (!head || entry?.bytes == null) return null;
  const hash = hashRecord(entry.bytes).toString('hex');
  const empty = losses.reduce((places, loss) => (loss.seq <= seq ? places + loss.empty : places), 0);
  return { log: head.log, seq, hash, count: seq - empty, at: now.toISOString() };
}

function isDue(headSeq: number, last: { seq: number; at: number }, now: number): boolean {
  return lastHundred(headSeq) > last.seq || (headSeq > last.seq && now - last.at >= EVERY_MS);
}

function lastHundred(seq: number): number {
  return Math.floor(seq / EVERY_RECORDS) * EVERY_RECORDS;
}

function missing(cause: unknown): { lines: [] } {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { lines: [] };
  throw cause;
}

export type Checkpoints = ReturnType<typeof createCheckpoints>;
