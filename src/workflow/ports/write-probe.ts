import type { StreamName } from './outbox.ts';

/** What waits in one stream. */
export interface StreamProbe {
  /** The oldest work that no live worker has claimed; `effect` as stored. */
  untouched: { effect: string; ms: number } | null;
  /** The first timer, due now or later. */
  timer: { effect: string; dueMs: number } | null;
}

/** The result of a test write to Redis. */
export type WriteProbe =
  /** One of the bot's keys has the wrong type, so commits would fail. */
  | { kind: 'wrong-type'; key: string; found: string; needed: string }
  | {
      kind: 'proven';
      /** Redis's clock, epoch milliseconds. */
      redisMs: number;
      streams: Record<StreamName, StreamProbe>;
      deadLetters: number;
    };
