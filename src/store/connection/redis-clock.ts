import type { Clock } from '../../workflow/ports/clock.ts';

export interface RedisClock extends Clock {
  /** Redis's time, and between which readings of `performance.now()` Redis read it. */
  measured(redisMs: number, beforeMs: number, afterMs: number): void;
}

/**
 * Redis's clock, carried on between two measurements by the time that passes in this process. All bots of one Redis decide by
 * it what is due, so a machine whose clock is wrong ends no limit early or late. Before the first measurement it is `machine`.
 *
 * Redis reads its clock at an unknown moment of a round trip. So a measurement says only between which bounds Redis's clock is,
 * and the estimate moves no further than into them: a slow answer changes nothing.
 */
export function createRedisClock(machine: Clock, now: () => number = () => performance.now()): RedisClock {
  /** Redis's clock less `now()`. */
  let offset: number | null = null;
  return {
    now: () => (offset === null ? machine.now() : new Date(Math.floor(now() + offset))),
    measured(redisMs, beforeMs, afterMs) {
      const [least, most] = [redisMs - afterMs, redisMs + 1 - beforeMs];
      // At first the least: a limit may end a moment late, and never early.
      offset = offset === null ? least : Math.min(Math.max(offset, least), most);
    },
  };
}
