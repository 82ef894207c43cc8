import { randomUUID } from 'node:crypto';
import type { Cards } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

const KEPT_SECONDS = 90 * 86_400;
/** Longer than a post may take. */
const LOCK_MS = 15_000;

/** Where each request's message stands in Slack. No audit, no state: lost, a card is posted anew. */
export function createCards(redis: Connection, keys: Keys): Cards {
  const { read } = createGate(redis);
  return {
    async find(request) {
      const card = () => redis.hmget(keys.card(request), 'channel', 'ts', 'resultTs');
      const [channel, ts, resultTs] = await read(card);
      return channel && ts ? { channel, ts, resultTs: resultTs ?? null } : null;
    },
    async keep(request, { channel, ts, resultTs }) {
      await redis.hset(keys.card(request), { channel, ts, ...(resultTs === null ? {} : { resultTs }) });
      await redis.expire(keys.card(request), KEPT_SECONDS);
    },
    async lock(request) {
      const token = randomUUID();
      const taken = await redis.set(keys.cardLock(request), token, 'PX', LOCK_MS, 'NX');
      if (taken === null) return null;
      return async () => {
        if ((await redis.get(keys.cardLock(request))) === token) await redis.del(keys.cardLock(request));
      };
    },
  };
}
