import { expect, it } from 'vitest';
import { createRedisClock } from '../../../src/store/connection/redis-clock.ts';

const REDIS_MS = Date.parse('2026-03-01T12:00:00Z');

/** A machine whose clock is five minutes ahead; `pass` lets time go by. */
function given() {
  let ms = 0;
  const clock = createRedisClock({ now: () => new Date(REDIS_MS + 300_000 + ms) }, () => ms);
  return {
    clock,
    pass(more: number): number {
      ms += more;
      return ms;
    },
    /** How far the clock is from where Redis's was at the start. */
    read: () => clock.now().getTime() - REDIS_MS,
  };
}

it('is the machine’s before Redis’s was read, and Redis’s from then on', () => {
  const { clock, pass, read } = given();
  expect(read()).toBe(300_000);
  const before = pass(0);
  const after = pass(4);
  clock.measured(REDIS_MS + 2, before, after);
  // Not ahead of Redis's, whenever it was read between the two.
  expect(read()).toBe(2);
  pass(60_000);
  expect(read()).toBe(60_002);
});

it('is moved by an answer only as far as that says for certain', () => {
  const { clock, pass, read } = given();
  clock.measured(REDIS_MS, 0, 0);
  const before = pass(1000);
  const after = pass(800);
  // Redis's clock was read somewhere in 800 ms: that it reads 1300 is no news.
  clock.measured(REDIS_MS + 1300, before, after);
  expect(read()).toBe(1800);
  clock.measured(REDIS_MS + 5000, before, after);
  expect(read()).toBe(5000);
  clock.measured(REDIS_MS - 60_000, before, after);
  expect(read()).toBe(-60_000 + 800 + 1);
});
