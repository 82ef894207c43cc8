import type { Homes } from '../workflow/home.ts';
import type { Clock } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** Slack doesn't say when somebody leaves the tab: after this long nobody is thought to look. */
const OPEN_MS = 10 * 60_000;
/** Between two publications for one person. */
const TURN_MS = 10_000;
/** What runs moves on, though nothing is recorded. */
const FRESH_MS = 30_000;

/** Whose home tab is looked at, in Redis. No audit, no state: lost, a tab is fresh again when it is opened. */
export function createHomes(redis: Connection, keys: Keys, clock: Clock): Homes {
  const { read } = createGate(redis);
  const open = async () => {
    const since = clock.now().getTime() - OPEN_MS;
    return read(() => redis.zrange(keys.homes, String(since), '+inf', 'BYSCORE'));
  };
  return {
    open,
    async opened(user) {
      const now = clock.now().getTime();
      await read(() => redis.zadd(keys.homes, now, user));
      await read(() => redis.zremrangebyscore(keys.homes, '-inf', now - OPEN_MS));
      await read(() => redis.sadd(keys.homesOutdated, user));
    },
    async outdate(users) {
      if (users.length > 0) await read(() => redis.sadd(keys.homesOutdated, ...users));
    },
    async due() {
      const users = await open();
      if (users.length === 0) return [];
      const outdated = new Set(await read(() => redis.smembers(keys.homesOutdated)));
      const fresh = await read(() => redis.mget(users.map((user) => keys.homeFresh(user))));
      return users.filter((user, place) => outdated.has(user) || fresh[place] === null);
    },
    async prolongTurn(user) {
      await read(() => redis.set(keys.homeTurn(user), '1', 'PX', TURN_MS));
    },
    async takeTurn(user) {
      if ((await read(() => redis.set(keys.homeTurn(user), '1', 'PX', TURN_MS, 'NX'))) === null) return false;
      await read(() => redis.set(keys.homeFresh(user), '1', 'PX', FRESH_MS));
      await read(() => redis.srem(keys.homesOutdated, user));
      return true;
    },
  };
}
