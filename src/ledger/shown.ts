import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** What a card showed when it was edited last. */
interface Shown {
  digest: string;
  /** Epoch ms. */
  at: number;
}

const KEPT_SECONDS = 3600;

/** What each card of a running transfer shows, for all bots. No audit, no state: lost, it is edited once more. */
export function createShown(redis: Connection, keys: Keys) {
  const { read } = createGate(redis);
  return {
    async last(request: string): Promise<Shown | null> {
      const text = await read(() => redis.get(keys.shown(request)));
      return text === null ? null : (JSON.parse(text) as Shown);
    },
    async keep(request: string, shown: Shown): Promise<void> {
      await read(() => redis.set(keys.shown(request), JSON.stringify(shown), 'EX', KEPT_SECONDS));
    },
  };
}
