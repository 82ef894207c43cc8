import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen } from '../../domain/request/throttle-request.ts';
import { RequestUnreadable } from '../../workflow/faults.ts';
import type { Ledger } from '../../workflow/ports/ledger.ts';
import type { OpenRequestQuota, QuotaUsage } from '../../workflow/use-limits/open-request-quota.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';
import { loadScript } from '../connection/script.ts';

/** Longer than a request can be open: at most 7 days until it is approved, and as long until it is applied. */
const KEPT_MS = 15 * 86_400_000;
/** A request that is not stored this long after it was counted was never made. */
const MAKING_MS = 60_000;
/** A request that is being made may be refused: a double click must not be told that too many are open. */
const PAUSE_MS = 100;
const MAX_TRIES = 20;

/**
 * Counts how many requests each person has open, in Redis. A request that has ended is removed when the count is next looked at,
 * so a bot that died, or an older version, costs nobody a place.
 */
export function createOpenRequestQuota(redis: Connection, keys: Keys, ledger: Pick<Ledger, 'load'>): OpenRequestQuota {
  const { read } = createRedisOutcome(redis);
  const runTake = loadScript(redis, 'take-quota');

  async function usage(key: string): Promise<QuotaUsage> {
    const counted = await read(() => redis.zrange(key, '0', '-1', 'WITHSCORES'));
    if (counted.length === 0) return { open: [], making: 0 };
    const [seconds] = await read(() => redis.time());
    const requests = counted.flatMap((id, at) => (at % 2 === 0 ? { id, at: Number(counted[at + 1]) } : []));
    const found = await Promise.all(requests.map(async (one) => ({ ...one, state: await stateOf(one.id) })));
    const counts = ({ at, state }: (typeof found)[number]) =>
      state === 'open' || (state === 'absent' && Number(seconds) * 1000 - at < MAKING_MS);
    const over = found.filter((one) => !counts(one)).map(({ id }) => id);
    if (over.length > 0) await read(() => redis.zrem(key, ...over));
    const counting = found.filter(counts);
    const open = counting.filter(({ state }) => state === 'open').map(({ id }) => id);
    return { open, making: counting.length - open.length };
  }

  /** A request that can't be read counts as open. */
  async function stateOf(id: string): Promise<'open' | 'ended' | 'absent'> {
    try {
      const stored = await ledger.load(id);
      if (!stored) return 'absent';
      return isOpen(stored.request) ? 'open' : 'ended';
    } catch (fault) {
      if (fault instanceof RequestUnreadable) return 'open';
      throw fault;
    }
  }

  return {
    usage: ({ team, user }) => usage(keys.openRequestQuota(team, user)),
    async take({ team, user }, request, most) {
      const key = keys.openRequestQuota(team, user);
      for (let tries = 1; ; tries++) {
        const [kind] = (await read(() => runTake([key], [request, most, KEPT_MS]))) as string[];
        if (kind === 'taken') return true;
        const { open, making } = await usage(key);
        if (open.length >= most || tries === MAX_TRIES) return false;
        // Otherwise requests that had ended were just removed, and the next try may succeed at once.
        if (making > 0) await sleep(PAUSE_MS);
      }
    },
    async release({ team, user }, request) {
      await read(() => redis.zrem(keys.openRequestQuota(team, user), request));
    },
  };
}
