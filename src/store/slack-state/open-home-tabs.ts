import type { Clock } from '../../workflow/ports/clock.ts';
import type { OpenHomeTabs } from '../../workflow/queries/home.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createLocks } from '../connection/locks.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

/** Slack doesn't say when somebody leaves the tab: after this long it counts as closed. */
const OPEN_MS = 10 * 60_000;
/** Between two publications for one person. */
const SLOT_MS = 10_000;
/** Transfers go on without any record, so a tab is out of date after this long. */
const FRESH_MS = 30_000;
/** The keys expire where nobody opens the tab any more. */
const KEPT_SECONDS = 3600;

/** Who has the Home tab open, in Redis. If it is lost, a tab is brought up to date when it is opened again. */
export function createOpenHomeTabs(redis: Connection, keys: Keys, clock: Clock): OpenHomeTabs {
  const { read } = createRedisOutcome(redis);
  const locks = createLocks(redis);
  const open = async () => {
    const since = clock.now().getTime() - OPEN_MS;
    return read(() => redis.zrange(keys.openHomeTabs, String(since), '+inf', 'BYSCORE'));
  };

  async function markOutdated(users: readonly string[]): Promise<void> {
    if (users.length === 0) return;
    await read(() => redis.sadd(keys.outdatedHomeTabs, ...users));
    await read(() => redis.expire(keys.outdatedHomeTabs, KEPT_SECONDS));
  }

  /** A tab that was closed before it was brought up to date is published anew when it is opened again. */
  async function forgetClosed(): Promise<void> {
    const looking = new Set(await open());
    const closed = (await read(() => redis.smembers(keys.outdatedHomeTabs))).filter((user) => !looking.has(user));
    if (closed.length > 0) await read(() => redis.srem(keys.outdatedHomeTabs, ...closed));
  }

  return {
    open,
    async opened(user) {
      const now = clock.now().getTime();
      await read(() => redis.zadd(keys.openHomeTabs, now, user));
      await read(() => redis.zremrangebyscore(keys.openHomeTabs, '-inf', now - OPEN_MS));
      await markOutdated([user]);
      await read(() => redis.expire(keys.openHomeTabs, KEPT_SECONDS));
      await forgetClosed();
    },
    markOutdated,
    async due() {
      const users = await open();
      if (users.length === 0) return [];
      const outdated = new Set(await read(() => redis.smembers(keys.outdatedHomeTabs)));
      const fresh = await read(() => redis.mget(users.map((user) => keys.homeTabFresh(user))));
      return users.filter((user, place) => outdated.has(user) || fresh[place] === null);
    },
    async takePublishSlot(user) {
      const slot = await read(() => locks.take(keys.homePublishSlot(user), SLOT_MS));
      if (slot === null) return null;
      await read(() => redis.set(keys.homeTabFresh(user), '1', 'PX', FRESH_MS));
      await read(() => redis.srem(keys.outdatedHomeTabs, user));
      // The lock expires by itself: the next slot is SLOT_MS after the end of this one.
      return { isHeld: () => slot.isHeld(), release: () => slot.letExpire() };
    },
  };
}
