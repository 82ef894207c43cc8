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
  const { read, untilAnswered } = createGate(redis);
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
    async said(request, word) {
      return (await read(() => redis.hexists(keys.card(request), `said ${word}`))) === 1;
    },
    async kept(request, word) {
      await redis.hset(keys.card(request), `said ${word}`, '1');
      await redis.expire(keys.card(request), KEPT_SECONDS);
    },
    async lock(request) {
      const key = keys.cardLock(request);
      const token = randomUUID();
      // Until Redis answers: else an outage in between would keep everybody from the card for as long as the lock lives.
      const unlock = () =>
        untilAnswered(async () => {
          if ((await redis.get(key)) === token) await redis.del(key);
        });
      const taking = redis.set(key, token, 'PX', LOCK_MS, 'NX');
      // It may have been taken by a command whose answer was lost; where Redis is closed for good nobody can tell.
      taking.catch(() => unlock().catch(() => undefined));
      return (await taking) === null ? null : unlock;
    },
  };
}
