import { isOpen } from '../domain/throttle-request.ts';
import type { OpenPlaces } from '../workflow/open-places.ts';
import type { Ledger } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** Longer than a request can be open: it waits 7 days at most to be approved, and as long to be applied. */
const KEPT_MS = 15 * 86_400_000;
/** A request that is not stored this long after its place was taken was never made. */
const MAKING_MS = 60_000;

/**
 * How many requests each person has open, in Redis. Whose request has ended gives its place up when somebody next looks, so
 * that a bot which died, or an older one, leaves nobody with fewer.
 */
export function createOpenPlaces(redis: Connection, keys: Keys, ledger: Pick<Ledger, 'load'>): OpenPlaces {
  const { read } = createGate(redis);
  const runTake = loadScript(redis, 'take-place');

  async function taken(key: string): Promise<string[]> {
    const named = await read(() => redis.zrange(key, '0', '-1', 'WITHSCORES'));
    if (named.length === 0) return [];
    const [seconds] = await read(() => redis.time());
    const places = named.flatMap((id, at) => (at % 2 === 0 ? { id, at: Number(named[at + 1]) } : []));
    const found = await Promise.all(places.map(async (place) => ({ ...place, stored: await ledger.load(place.id) })));
    const holds = ({ at, stored }: (typeof found)[number]) =>
      stored ? isOpen(stored.request) : Number(seconds) * 1000 - at < MAKING_MS;
    const over = found.filter((place) => !holds(place)).map(({ id }) => id);
    if (over.length > 0) await read(() => redis.zrem(key, ...over));
    return found.filter(holds).map(({ id }) => id);
  }

  return {
    taken: ({ team, user }) => taken(keys.openPlaces(team, user)),
    async take({ team, user }, request, most) {
      const answer = await read(() => runTake([keys.openPlaces(team, user)], [request, most, KEPT_MS]));
      return (answer as string[])[0] === 'taken';
    },
    async release({ team, user }, request) {
      await read(() => redis.zrem(keys.openPlaces(team, user), request));
    },
  };
}
