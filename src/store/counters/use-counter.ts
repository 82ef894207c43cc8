import { USE_WINDOW_MS, type Use } from '../../domain/policy/use-limits.ts';
import type { UseCounter } from '../../workflow/use-limits/count-use.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';
import { loadScript } from '../connection/script.ts';

/** Counts uses over all bots, by Redis's clock. If it is lost, only the uses of the last minute are. */
export function createUseCounter(redis: Connection, keys: Keys): UseCounter {
  const { read } = createRedisOutcome(redis);
  const runCount = loadScript(redis, 'count-use');
  return {
    async count({ use, person, channel }, most): Promise<Use> {
      const answer = await read(() =>
        runCount(
          [
            keys.usesOf('perUser', person),
            keys.usesOf('perChannel', channel ?? ''),
            keys.limitRefused('perUser', person),
            keys.limitRefused('perChannel', channel ?? ''),
          ],
          [use, USE_WINDOW_MS, most.perUser, channel === null ? '' : most.perChannel],
        ),
      );
      const [kind, set, waitMs, nth, now] = answer as [string, 1 | 2, number, 'first' | 'again', string];
      if (kind === 'counted') return { kind };
      const [limit, about] = set === 1 ? (['perUser', person] as const) : (['perChannel', channel ?? ''] as const);
      return { kind: 'over', limit, waitMs, record: nth === 'first' ? `limit:${limit}:${about}:${now}` : null };
    },
    async firstRefusal(limit, about) {
      const noted = await read(() => redis.set(keys.limitRefused(limit, about), '1', 'PX', USE_WINDOW_MS, 'NX'));
      return noted !== null;
    },
    async forgetRefusal(limit, about) {
      await read(() => redis.del(keys.limitRefused(limit, about)));
    },
  };
}
