import type { Look, Looks } from '../../workflow/ports/looks.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

const KEPT_SECONDS = 3600;

/** What the watch saw last, where each bot finds it: the next look may be another's. */
export function createLooks(redis: Connection, keys: Keys): Looks {
  const { read } = createRedisOutcome(redis);
  return {
    async last(arn) {
      const text = await read(() => redis.get(keys.look(arn)));
      return text === null ? null : (JSON.parse(text) as Look);
    },
    async keep(arn, look) {
      await redis.set(keys.look(arn), JSON.stringify(look), 'EX', KEPT_SECONDS);
    },
  };
}
