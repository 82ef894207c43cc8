import type { KeyObject } from 'node:crypto';
import { type CheckpointLine, readCheckpointLine, signatureOf } from './checkpoint-format.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { SharedSeal } from './shared-seal.ts';

/** The newest checkpoint as it lies in Redis, where each bot finds what another made. Nothing vouches for it but its seal. */
export interface SharedCheckpoint {
  /** As Redis says, for people to look at: nothing rests on it. */
  seq: number;
  /** Somebody wants one of the last record as soon as possible. */
  wanted: boolean;
  line: string | null;
  /** Null: there is none, or it is no checkpoint. */
  made: CheckpointLine | null;
  /** A bot with these keys made it. */
  own: boolean;
}

const ABOUT = 'checkpoint';

export function createSharedCheckpoint(redis: Connection, keys: Keys, by: SharedSeal, signingKey: KeyObject | null) {
  return {
    async read(): Promise<SharedCheckpoint> {
      const [seq, at, line, seal] = await redis.hmget(keys.checkpoint, 'seq', 'at', 'line', 'seal');
      const made = line == null ? null : readCheckpointLine(line.trimEnd());
      const own =
        made !== null &&
        // Where checkpoints are signed, whoever can only seal makes none.
        (signingKey === null ? by.isSealed(ABOUT, line ?? '', seal ?? null) : signatureOf(made, signingKey) === 'good');
      return { seq: Number(seq ?? 0), wanted: at === '0', line: line ?? null, made, own };
    },
    async write(seq: number, line: string, now: number): Promise<void> {
      await redis.hset(keys.checkpoint, { seq, at: now, line, seal: by.seal(ABOUT, line) });
    },
  };
}

/** A running bot makes one of the last record at its next round, as if the one before were old. */
export async function checkpointSoon(redis: Connection, keys: Keys): Promise<void> {
  await redis.hset(keys.checkpoint, 'at', 0);
}
