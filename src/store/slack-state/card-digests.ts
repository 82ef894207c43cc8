import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

/** What a card showed when it was edited last. */
interface CardDigest {
  digest: string;
  /** Epoch milliseconds. */
  at: number;
}

const KEPT_SECONDS = 3600;

/** What each card of a running transfer shows, for all bots. If it is lost, a card is edited once more than needed. */
export function createCardDigests(redis: Connection, keys: Keys) {
  const { read } = createRedisOutcome(redis);
  return {
    async last(request: string): Promise<CardDigest | null> {
      const text = await read(() => redis.get(keys.cardDigest(request)));
      return text === null ? null : (JSON.parse(text) as CardDigest);
    },
    async keep(request: string, shown: CardDigest): Promise<void> {
      await read(() => redis.set(keys.cardDigest(request), JSON.stringify(shown), 'EX', KEPT_SECONDS));
    },
  };
}
