import type { Cards } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { createLocks } from './locks.ts';

const KEPT_SECONDS = 90 * 86_400;
/** Longer than one message may take: the lock is asked for, and lives anew, before each. */
const LOCK_MS = 15_000;

/** Where each request's message stands in Slack. No audit, no state: lost, a card is posted anew. */
export function createCards(redis: Connection, keys: Keys): Cards {
  const { read } = createGate(redis);
  const locks = createLocks(redis);

  /** With its end: a bot that dies in between must leave nothing that stays for good. */
  async function write(request: string, fields: Record<string, string>): Promise<void> {
    const key = keys.card(request);
    const replies = await redis.multi().hset(key, fields).expire(key, KEPT_SECONDS).exec();
    for (const [fault] of replies ?? []) if (fault) throw fault;
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
    async lock(request, part = 'card') {
      const lock = await locks.take(part === 'card' ? keys.cardLock(request) : keys.resultLock(request), LOCK_MS);
      return lock && Object.assign(() => lock.release(), { isHeld: () => lock.isHeld() });
    },
  };
}
