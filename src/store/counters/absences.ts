import type { Absences } from '../../workflow/ports/absences.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

/** Longer than any pause between two looks: an older absence is another one. */
const KEPT_SECONDS = 1800;

/** Executions that AWS does not find, in Redis: all bots share them, and a restart does not begin the count anew. */
export function createAbsences(redis: Connection, keys: Keys): Absences {
  const { read } = createRedisOutcome(redis);
  return {
    async note(arn, at) {
      const key = keys.absent(arn);
      const replies = await read(() =>
        redis
          .multi()
          .hsetnx(key, 'since', at.toISOString())
          .hincrby(key, 'looks', 1)
          .expire(key, KEPT_SECONDS)
          .hget(key, 'since')
          .exec(),
      );
      const [, looks, , since] = replies?.map(([fault, reply]) => (fault ? null : reply)) ?? [];
      if (typeof looks !== 'number' || typeof since !== 'string') throw new Error(`${key} is not what was written`);
      return { since, looks };
    },
    async end(arn) {
      await read(() => redis.del(keys.absent(arn)));
    },
  };
}
