import { exponential, randomFrom, seedOf } from './random.ts';

/** What one execution of a task would do. Seconds, bytes. */
export interface Execution {
  /** Before its first byte. */
  preparing: number;
  bytes: number;
  /** After its last byte. */
  verifying: number;
  /** Until the next execution of the task. */
  pause: number;
  /** Bytes per second that it would use, one phase after the other. */
  nextPhase: () => { seconds: number; rate: number };
}

/** `differing`: each has its own speed, slow phases and pauses. `alike`: everybody always uses all it gets. */
export type Needs = 'differing' | 'alike';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Of the Pareto distribution of sizes: some transfers are a hundred times as large as most. */
const TAIL = 1.2;
const LEAST_SIZE = 2 * HOUR;
const LARGEST_SIZE = 96 * HOUR;
const PHASE = 60 * MINUTE;
const WAVER = 5 * MINUTE;

/** The nth execution of a task. `even`: an even part of the link, in bytes per second. */
export function executionOf(seed: number, task: number, nth: number, even: number, needs: Needs): Execution {
  const random = randomFrom(seedOf(seed, task, nth));
  const between = (low: number, high: number) => low + (high - low) * random();
  const size = Math.min(LARGEST_SIZE, LEAST_SIZE * (1 - random()) ** (-1 / TAIL));
  const speed = needs === 'alike' ? 10 : 16 ** random();
  return {
    preparing: Math.round(15 * 40 ** random()),
    bytes: Math.round(size * even),
    verifying: Math.round(between(30, 5 * MINUTE)),
    pause: Math.round(exponential(random, 30 * MINUTE)),
    nextPhase: needs === 'alike' ? () => ({ seconds: HOUR, rate: speed * even }) : phases(random, speed, even),
  };
}

/** At full speed, slow, or waiting for its source; the slow ones waver. */
function phases(random: () => number, speed: number, even: number): Execution['nextPhase'] {
  let left = 0;
  let level = 0;
  return () => {
    if (left <= 0) {
      left = MINUTE + exponential(random, PHASE);
      const kind = random();
      level = kind < 0.6 ? speed : kind < 0.85 ? 0.1 + 0.7 * random() : 0;
    }
    const seconds = Math.max(1, Math.round(Math.min(left, WAVER)));
    left -= seconds;
    return { seconds, rate: level * even * (0.9 + 0.2 * random()) };
  };
}
