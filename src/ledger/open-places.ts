import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen } from '../domain/throttle-request.ts';
import type { OpenPlaces, Taken } from '../workflow/open-places.ts';
import type { Ledger } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** Longer than a request can be open: it waits 7 days at most to be approved, and as long to be applied. */
const KEPT_MS = 15 * 86_400_000;
/** A request that is not stored this long after its place was taken was never made. */
const MAKING_MS = 60_000;
/** What is being made may come to nothing: a double click is not to be told that too many are open. */
const PAUSE_MS = 100;
const MOST_TRIES = 20;

/**
 * How many requests each person has open, in Redis. Whose request has ended gives its place up when somebody next looks, so
 * that a bot which died, or an older one, leaves nobody with fewer.
 */
export function createOpenPlaces(redis: Connection, keys: Keys, ledger: Pick<Ledger, 'load'>): OpenPlaces {
  const { read } = createGate(redis);
  const runTake = loadScript(redis, 'take-place');

  async function taken(key: string): Promise<Taken> {
    const named = await read(() => redis.zrange(key, '0', '-1', 'WITHSCORES'));
    if (named.length === 0) return { open: [], making: 0 };
    const [seconds] = await read(() => redis.time());
    const places = named.flatMap((id, at) => (at % 2 === 0 ? { id, at: Number(named[at + 1]) } : []));
    const found = await Promise.all(places.map(async (place) => ({ ...place, stored: await ledger.load(place.id) })));
    const holds = ({ at, stored }: (typeof found)[number]) =>
      stored ? isOpen(stored.request) : Number(seconds) * 1000 - at < MAKING_MS;
    const over = found.filter((place) => !holds(place)).map(({ id }) => id);
    if (over.length > 0) await read(() => redis.zrem(key, ...over));
    const held = found.filter(holds);
    const open = held.filter(({ stored }) => stored !== null).map(({ id }) => id);
    return { open, making: held.length - open.length };
  }

  return {
    taken: ({ team, user }) => taken(keys.openPlaces(team, user)),
    async take({ team, user }, request, most) {
      const key = keys.openPlaces(team, user);
      for (let tries = 1; ; tries++) {
        const [kind] = (await read(() => runTake([key], [request, most, KEPT_MS]))) as string[];
        if (kind === 'taken') return true;
        const { open, making } = await taken(key);
        if (open.length >= most || tries === MOST_TRIES) return false;
        // Otherwise those that had ended have just been given up.
        if (making > 0) await sleep(PAUSE_MS);
      }
    },
    async release({ team, user }, request) {
      await read(() => redis.zrem(keys.openPlaces(team, user), request));
    },
  };
}
