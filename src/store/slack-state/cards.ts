import type { ChainableCommander } from 'ioredis';
import type { Cards, PossibleDuplicate } from '../../workflow/ports/cards.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createLocks } from '../connection/locks.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

const KEPT_SECONDS = 90 * 86_400;
/** A message that was posted twice shows up within this time. */
const DOUBTED_SECONDS = 86_400;
/** Refusals further apart than this are not in a row. */
const ROW_SECONDS = 3600;
/** Longer than one message takes: the lock is renewed before each. */
const LOCK_MS = 15_000;

/** Where each request's messages are in Slack. If it is lost, a card is posted again. */
export function createCards(redis: Connection, keys: Keys): Cards {
  const { read } = createRedisOutcome(redis);
  const locks = createLocks(redis);

  /** In one transaction, so that a bot that dies in between leaves no key without an expiry. */
  async function write(request: string, fields: Record<string, string>): Promise<void> {
    const key = keys.card(request);
    await repliesOf(redis.multi().hset(key, fields).expire(key, KEPT_SECONDS));
  }

  return {
    async find(request) {
      const card = () => redis.hmget(keys.card(request), 'channel', 'ts', 'resultTs');
      const [channel, ts, resultTs] = await read(card);
      return channel && ts ? { channel, ts, resultTs: resultTs ?? null } : null;
    },
    keep: (request, { channel, ts, resultTs }) =>
      write(request, { channel, ts, ...(resultTs === null ? {} : { resultTs }) }),
    keepResult: (request, ts) => write(request, { resultTs: ts }),
    async said(request, word) {
      return (await read(() => redis.hexists(keys.card(request), `said ${word}`))) === 1;
    },
    kept: (request, word) => write(request, { [`said ${word}`]: '1' }),
    async trying(request, what, now) {
      const field = `trying ${what}`;
      const key = keys.card(request);
      const [first, since] = await repliesOf(
        redis.multi().hsetnx(key, field, now.toISOString()).hget(key, field).expire(key, KEPT_SECONDS),
      );
      return first === 1 || typeof since !== 'string' ? null : new Date(since);
    },
    async tried(request, what) {
      await redis.hdel(keys.card(request), `trying ${what}`);
    },
    async doubt(request, doubt) {
      const key = keys.doubts(request);
      await repliesOf(redis.multi().hset(key, doubt.what, JSON.stringify(doubt)).expire(key, DOUBTED_SECONDS));
    },
    async doubts(request) {
      const texts = await read(() => redis.hvals(keys.doubts(request)));
      return texts.map((text) => JSON.parse(text) as PossibleDuplicate);
    },
    async settled(request, what) {
      await redis.hdel(keys.doubts(request), what);
    },
    async refused(request, error, now) {
      const field = `refused ${error}`;
      const before = await read(() => redis.hget(keys.card(request), field));
      const [times = 0, since = 0, last = 0] = before?.split(' ').map(Number) ?? [];
      const inRow = now.getTime() - last < ROW_SECONDS * 1000;
      const row = inRow ? { times: times + 1, since } : { times: 1, since: now.getTime() };
      await write(request, { [field]: `${row.times} ${row.since} ${now.getTime()}` });
      return { times: row.times, seconds: (now.getTime() - row.since) / 1000 };
    },
    async lock(request, part = 'card') {
      const lock = await locks.take(part === 'card' ? keys.cardLock(request) : keys.resultLock(request), LOCK_MS);
      return lock && Object.assign(() => lock.release(), { isHeld: () => lock.isHeld() });
    },
  };
}

/** The replies of a MULTI. @throws the fault of a command that failed */
async function repliesOf(multi: ChainableCommander): Promise<unknown[]> {
  return ((await multi.exec()) ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
}
