import type { KeyObject } from 'node:crypto';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { type CheckpointLine, readCheckpointLine, signatureOf } from '../format/checkpoint-format.ts';
import type { SharedSeal } from '../format/shared-seal.ts';

/** The newest checkpoint in Redis, where each bot finds what another made. Only its seal or signature proves it. */
export interface SharedCheckpoint {
  /** As Redis says, for people to look at: nothing is decided by it. */
  seq: number;
  /** A checkpoint of the last record is wanted as soon as possible. */
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
        // Where checkpoints are signed, a seal alone is not enough.
        (signingKey === null ? by.isSealed(ABOUT, line ?? '', seal ?? null) : signatureOf(made, signingKey) === 'good');
      return { seq: Number(seq ?? 0), wanted: at === '0', line: line ?? null, made, own };
    },
    async write(seq: number, line: string, now: number): Promise<void> {
      await redis.hset(keys.checkpoint, { seq, at: now, line, seal: by.seal(ABOUT, line) });
    },
  };
}

/** Makes a running bot checkpoint the last record in its next round, as if the last checkpoint were old. */
export async function checkpointSoon(redis: Connection, keys: Keys): Promise<void> {
  await redis.hset(keys.checkpoint, 'at', 0);
}
