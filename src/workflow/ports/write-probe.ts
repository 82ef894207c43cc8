/** What Redis answered to one write that was made to see whether it accepts any. */
export type WriteProbe =
  /** A key of the bot has another type than it needs, so that a commit can't write to it. */
  | { kind: 'wrong-type'; key: string; found: string; needed: string }
  | {
      kind: 'proven';
      /** Redis's own clock, epoch milliseconds. */
      redisMs: number;
      /** The oldest work in the outbox that no live worker has; `effect` as it is stored. */
      untouched: { effect: string; ms: number } | null;
      /** The timer that is due first, now or later. */
      timer: { effect: string; dueMs: number } | null;
    };
