import type { Absences } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** Longer than any pause between two looks; what is older than that is no repeat. */
const KEPT_SECONDS = 1800;

/** Executions that AWS does not find, where each bot finds them: a restart does not begin the count anew. */
export function createAbsences(redis: Connection, keys: Keys): Absences {
  const { read } = createGate(redis);
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
