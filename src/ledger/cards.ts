import { randomUUID } from 'node:crypto';
import type { Cards, Doubt } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

const KEPT_SECONDS = 90 * 86_400;
/** By then nothing that was sent comes to light any more. */
const DOUBTED_SECONDS = 86_400;
/** Tries this far apart are no longer in a row. */
const ROW_SECONDS = 3600;
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
    async trying(request, what, now) {
      const field = `trying ${what}`;
      const key = keys.card(request);
      const first = await redis.hsetnx(key, field, now.toISOString());
      await redis.expire(key, KEPT_SECONDS);
      if (first === 1) return null;
      const since = await redis.hget(key, field);
      return since === null ? null : new Date(since);
    },
    async tried(request, what) {
      await redis.hdel(keys.card(request), `trying ${what}`);
    },
    async doubt(request, doubt) {
      await redis.hset(keys.doubts(request), doubt.what, JSON.stringify(doubt));
      await redis.expire(keys.doubts(request), DOUBTED_SECONDS);
    },
    async doubts(request) {
      const texts = await read(() => redis.hvals(keys.doubts(request)));
      return texts.map((text) => JSON.parse(text) as Doubt);
    },
    async settled(request, what) {
      await redis.hdel(keys.doubts(request), what);
    },
    async refused(request, error, now) {
      const key = keys.card(request);
      const field = `refused ${error}`;
      const [times = 0, since = 0, last = 0] = (await read(() => redis.hget(key, field)))?.split(' ').map(Number) ?? [];
      const inRow = now.getTime() - last < ROW_SECONDS * 1000;
      const row = inRow ? { times: times + 1, since } : { times: 1, since: now.getTime() };
      await redis.hset(key, field, `${row.times} ${row.since} ${now.getTime()}`);
      await redis.expire(key, KEPT_SECONDS);
      return { times: row.times, seconds: (now.getTime() - row.since) / 1000 };
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
