import type { UnfinishedStore } from '../../workflow/ports/unfinished-store.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';
import { loadScript } from '../connection/script.ts';

/** How long entries are kept while no bot runs. */
const KEPT_SECONDS = 7 * 86_400;

/** Interactions that were acknowledged and are not done, in Redis, each with the time at which its bot last renewed it. */
export function createUnfinishedStore(redis: Connection, keys: Keys): UnfinishedStore {
  const { read } = createRedisOutcome(redis);
  const runTouch = loadScript(redis, 'touch-unfinished');
  const runTake = loadScript(redis, 'take-unfinished');
  const touch = async (how: 'begin' | 'renew', entries: readonly string[]) => {
    await runTouch([keys.unfinished], [how, JSON.stringify(entries), KEPT_SECONDS]);
  };
  return {
    begin: (entry) => touch('begin', [entry]),
    renew: (entries) => touch('renew', entries),
    async end(entry) {
      await redis.zrem(keys.unfinished, entry);
    },
    takeStale: (staleMs, most) => read(async () => (await runTake([keys.unfinished], [staleMs, most])) as string[]),
  };
}
