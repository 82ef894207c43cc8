import type { Clock } from '../../workflow/ports/clock.ts';
import type { Timers } from '../../workflow/ports/outbox.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { loadScript } from '../connection/script.ts';
import { effectText, KINDS, MAX_DEAD_LETTERS, outboxKey, STREAMS } from './work-keys.ts';

const MAX_AT_ONCE = 100;
/** How long work of a kind that only a newer bot knows is kept for one. */
export const MAX_LEFT_MS = 86_400_000;

export interface TimersOptions {
  redis: Connection;
  keys: Keys;
  /** What is due by it is due; Redis's clock if not given. */
  clock?: Clock | undefined;
  /** Redis's time, and between which readings of `performance.now()` it was read. */
  onTime?: ((redisMs: number, beforeMs: number, afterMs: number) => void) | undefined;
  /** Called with how much became a dead letter, if any did. */
  onDead?: ((count: number) => void) | undefined;
}

/** The timers in Redis: a sorted set of work by the time at which it is due. */
export function createTimers({ redis, keys, clock, onTime = () => {}, onDead = () => {} }: TimersOptions): Timers {
  const runMoveDue = loadScript(redis, 'move-due-timers');
  const names = [keys.timers, keys.deadLetters, ...STREAMS.map((stream) => outboxKey(keys, stream))];
  return {
    async releaseDue() {
      const now = clock?.now().getTime() ?? '';
      const before = performance.now();
      const answer = await runMoveDue(names, [KINDS, now, MAX_AT_ONCE, MAX_LEFT_MS, MAX_DEAD_LETTERS]);
      const [redisMs, moved, dead] = answer as [string, number, number];
      onTime(Number(redisMs), before, performance.now());
      if (dead > 0) onDead(dead);
      return moved;
    },
    async ensure(timers) {
      if (timers.length === 0) return 0;
      const entries = timers.flatMap(({ effect, at }) => [at.getTime(), effectText(effect)]);
      return redis.zadd(keys.timers, 'NX', ...entries);
    },
  };
}
