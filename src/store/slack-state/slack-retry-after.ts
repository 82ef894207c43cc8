import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

/** How long Slack asked to wait (its `Retry-After`), for all bots. If it is lost, Slack asks again. */
export function createSlackRetryAfter(redis: Connection, keys: Keys) {
  const { read } = createRedisOutcome(redis);
  return {
    /** Milliseconds; 0 where there is nothing to wait for. */
    async left(lane: string): Promise<number> {
      return Math.max(0, await read(() => redis.pttl(keys.slackRetryAfter(lane))));
    },
    async keep(lane: string, ms: number): Promise<void> {
      await read(() => redis.set(keys.slackRetryAfter(lane), '1', 'PX', Math.max(1, Math.ceil(ms))));
    },
  };
}
