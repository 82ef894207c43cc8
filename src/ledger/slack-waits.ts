import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** How long Slack asked to wait, for all bots. No audit, no state: lost, Slack says it again. */
export function createSlackWaits(redis: Connection, keys: Keys) {
  const { read } = createGate(redis);
  return {
    async left(lane: string): Promise<number> {
      return Math.max(0, await read(() => redis.pttl(keys.slackWait(lane))));
    },
    async keep(lane: string, ms: number): Promise<void> {
      await read(() => redis.set(keys.slackWait(lane), '1', 'PX', Math.max(1, Math.ceil(ms))));
    },
  };
}
