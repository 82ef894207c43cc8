import type { Settled } from '../../workflow/ports/outbox.ts';
import { MAX_LEFT_MS } from './timers.ts';

/** How a way to settle is carried out by `settle-work.lua`. */
interface Settling {
  /** What is counted by it in a row, if anything. */
  counter: '' | 'failed' | 'left' | 'outage' | 'unreadable';
  /** What was counted so far no longer matters. */
  forget: boolean;
  waitMs: number;
  longestMs: number;
  /** 0: no bound. */
  maxTries: number;
  maxMs: number;
}

const PLAIN: Settling = { counter: '', forget: false, waitMs: 0, longestMs: 0, maxTries: 0, maxMs: 0 };
const BACKOFF = { ...PLAIN, waitMs: 500, longestMs: 30_000 };

/** With waits of at most 30 s these take three minutes: longer than what passes by itself, and short enough to be told. */
const MAX_FAILED = 12;

/** Of an entry that nobody can read: there is nothing to be tried again. */
export const UNREADABLE: Settling = { ...PLAIN, counter: 'unreadable', maxTries: 1 };

export function settlingOf(settled: Settled): Settling {
  switch (settled.kind) {
    case 'done':
      return { ...PLAIN, forget: true };
    case 'again':
      return { ...PLAIN, forget: true, waitMs: Math.ceil(settled.seconds * 1000) };
    case 'returned':
      return { ...PLAIN, waitMs: Math.ceil(settled.seconds * 1000) };
    case 'outage':
      return { ...BACKOFF, counter: 'outage' };
    case 'failed':
      return { ...BACKOFF, counter: 'failed', maxTries: MAX_FAILED };
    case 'left':
      // Soon at first: of two bots the newer one gets it half of the times.
      return { ...BACKOFF, counter: 'left', longestMs: 60_000, maxMs: MAX_LEFT_MS };
  }
}
