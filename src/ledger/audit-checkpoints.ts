import { type KeyObject, randomUUID } from 'node:crypto';
import type { Clock } from '../workflow/ports.ts';
import { hashRecord } from './audit-chain.ts';
import { oneEntry } from './audit-entries.ts';
import { readPlace } from './audit-loss.ts';
import {
  appendCheckpoints,
  type Checkpoint,
  readCheckpointFile,
  readCheckpointLine,
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
  /** The newest line that this bot's file has, as far as this process knows. */
  let kept = '';

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
    for (const seq of placesDue(headSeq, last, now)) {
      const line = await checkpointLine(seq);
      newest = seq;
      if (line) lines.push(line);
    }
    if (file !== null && lines.length > 0) await appendCheckpoints(file, lines);
    await redis.hset(keys.checkpoint, {
      seq: newest,
      at: now,
      ...(lines.length > 0 ? { line: lines.at(-1) ?? '' } : {}),
    });
    kept = readCheckpointLine(lines.at(-1)?.trimEnd() ?? '')?.text ?? kept;
    return lines;
  }

  /** Null where no record is in that place: it lies in the gap of an accepted loss, or is archived. */
  async function checkpointLine(seq: number): Promise<string | null> {
    const found = await checkpointOf(redis, keys, seq, clock.now());
    return found && writeCheckpointLine(found, signingKey);
  }

  /** Another bot made it: this bot's own file is to have it too, where the two are not the same file. */
  async function catchUp(line: string | null): Promise<void> {
    const made = line === null ? null : readCheckpointLine(line.trimEnd());
    if (file === null || line === null || !made || made.text === kept) return;
    const { lines } = await readCheckpointFile(file).catch(missing);
    if (!lines.some(({ text }) => text === made.text)) await appendCheckpoints(file, [line]);
    kept = made.text;
  }

  return { round };
}

/** A checkpoint of one record, by its own bytes; null where there is no such record. */
export async function checkpointOf(redis: Connection, keys: Keys, seq: number, now: Date): Promise<Checkpoint | null> {
  const [{ head, gap }, entry] = await Promise.all([
    readPlace(redis, keys, seq),
    oneEntry(redis, keys, { from: `${seq}-0`, to: `${seq}-0`, end: 'first' }),
  ]);
  if (!head || entry?.bytes == null) return null;
  const hash = hashRecord(entry.bytes).toString('hex');
  return { log: head.log, seq, hash, count: seq - gap, at: now.toISOString() };
}

function isDue(headSeq: number, last: { seq: number; at: number }, now: number): boolean {
  const hundreds = Math.floor(headSeq / EVERY_RECORDS) * EVERY_RECORDS;
  return hundreds > last.seq || (headSeq > last.seq && now - last.at >= EVERY_MS);
}

function placesDue(headSeq: number, last: { seq: number; at: number }, now: number): number[] {
  const places: number[] = [];
  const hundreds = Math.floor(headSeq / EVERY_RECORDS) * EVERY_RECORDS;
  const begin = Math.floor(last.seq / EVERY_RECORDS) * EVERY_RECORDS + EVERY_RECORDS;
  for (let seq = begin; seq <= hundreds && places.length < MOST_AT_ONCE; seq += EVERY_RECORDS) places.push(seq);
  const late = now - last.at >= EVERY_MS && headSeq > hundreds && places.length < MOST_AT_ONCE;
  return late ? [...places, headSeq] : places;
}

function missing(cause: unknown): { lines: [] } {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { lines: [] };
  throw cause;
}

export type Checkpoints = ReturnType<typeof createCheckpoints>;
