import type { Homes } from '../workflow/home.ts';
import type { Clock } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { createLocks } from './locks.ts';

/** Slack doesn't say when somebody leaves the tab: after this long nobody is thought to look. */
const OPEN_MS = 10 * 60_000;
/** Between two publications for one person. */
const TURN_MS = 10_000;
/** What runs moves on, though nothing is recorded. */
const FRESH_MS = 30_000;
/** Where nobody opens the tab any more nothing of it stays. */
const LEFT_SECONDS = 3600;

/** Whose home tab is looked at, in Redis. No audit, no state: lost, a tab is fresh again when it is opened. */
export function createHomes(redis: Connection, keys: Keys, clock: Clock): Homes {
  const { read } = createGate(redis);
  const locks = createLocks(redis);
  const open = async () => {
    const since = clock.now().getTime() - OPEN_MS;
    return read(() => redis.zrange(keys.homes, String(since), '+inf', 'BYSCORE'));
  };

  async function outdate(users: readonly string[]): Promise<void> {
    if (users.length === 0) return;
    await read(() => redis.sadd(keys.homesOutdated, ...users));
    await read(() => redis.expire(keys.homesOutdated, LEFT_SECONDS));
  }

  /** Who left before their tab was brought up to date gets a new one with the next look at it. */
  async function forgetClosed(): Promise<void> {
    const looking = new Set(await open());
    const closed = (await read(() => redis.smembers(keys.homesOutdated))).filter((user) => !looking.has(user));
    if (closed.length > 0) await read(() => redis.srem(keys.homesOutdated, ...closed));
  }

  return {
    open,
    async opened(user) {
      const now = clock.now().getTime();
      await read(() => redis.zadd(keys.homes, now, user));
      await read(() => redis.zremrangebyscore(keys.homes, '-inf', now - OPEN_MS));
      await outdate([user]);
      await read(() => redis.expire(keys.homes, LEFT_SECONDS));
      await forgetClosed();
    },
    outdate,
    async due() {
      const users = await open();
      if (users.length === 0) return [];
      const outdated = new Set(await read(() => redis.smembers(keys.homesOutdated)));
      const fresh = await read(() => redis.mget(users.map((user) => keys.homeFresh(user))));
      return users.filter((user, place) => outdated.has(user) || fresh[place] === null);
    },
    async takeTurn(user) {
      const turn = await read(() => locks.take(keys.homeTurn(user), TURN_MS));
      if (turn === null) return null;
      await read(() => redis.set(keys.homeFresh(user), '1', 'PX', FRESH_MS));
      await read(() => redis.srem(keys.homesOutdated, user));
      return { isHeld: () => turn.isHeld(), over: () => turn.leave() };
    },
  };
}
