import type { UnfinishedStore } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** If no bot runs for so long. */
const KEPT_SECONDS = 7 * 86_400;

/** What bots have in hand that they have acknowledged, in Redis: by when each was seen alive last. No audit, no state. */
export function createUnfinishedStore(redis: Connection, keys: Keys): UnfinishedStore {
  const { read } = createGate(redis);
  const runMark = loadScript(redis, 'mark-unfinished');
  const runTake = loadScript(redis, 'take-unfinished');
  const mark = async (how: 'begin' | 'renew', entries: readonly string[]) => {
    await runMark([keys.unfinished], [how, JSON.stringify(entries), KEPT_SECONDS]);
  };
  return {
    begin: (entry) => mark('begin', [entry]),
    renew: (entries) => mark('renew', entries),
    async end(entry) {
      await redis.zrem(keys.unfinished, entry);
    },
    takeStale: (staleMs, most) => read(async () => (await runTake([keys.unfinished], [staleMs, most])) as string[]),
  };
}
