import type { UnfinishedStore } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** As long as nobody writes to it. */
const KEPT_SECONDS = 7 * 86_400;

/** What bots have in hand that they have acknowledged, in Redis: by when each was seen alive last. No audit, no state. */
export function createUnfinishedStore(redis: Connection, keys: Keys): UnfinishedStore {
  const { read } = createGate(redis);
  return {
    async begin(entry, now) {
      await redis.zadd(keys.unfinished, now.getTime(), entry);
      await redis.expire(keys.unfinished, KEPT_SECONDS);
    },
    async renew(entries, now) {
      if (entries.length === 0) return;
      // XX: what was given to another bot meanwhile is not put back.
      await redis.zadd(keys.unfinished, 'XX', ...entries.flatMap((entry) => [now.getTime(), entry]));
    },
    async end(entry) {
      await redis.zrem(keys.unfinished, entry);
    },
    async takeStale(before, most) {
      const until = before.getTime();
      const stale = await read(() => redis.zrange(keys.unfinished, '-inf', String(until), 'BYSCORE', 'LIMIT', 0, most));
      const taken: string[] = [];
      for (const entry of stale) if ((await redis.zrem(keys.unfinished, entry)) === 1) taken.push(entry);
      return taken;
    },
  };
}
