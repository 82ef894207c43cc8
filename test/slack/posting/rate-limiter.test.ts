import { describe, expect, it } from 'vitest';
import {
  CallDeferred,
  createRateLimiter,
  type Lane,
  type SharedRetryAfter,
} from '../../../src/slack/posting/rate-limiter.ts';

const LANE: Lane = { key: 'post:C0OPS', everyMs: 1000, burst: 2, atOnce: 1 };

const first = (id: string) => ({ id, priority: 'high' as const });

/** A rate limiter on a clock that stands still until it is moved, so that nobody waits in the process. */
function given() {
  const clock = { ms: 0 };
  const waits = new Map<string, number>();
  const shared: SharedRetryAfter = {
    left: async (lane) => Math.max(0, (waits.get(lane) ?? 0) - clock.ms),
    keep: async (lane, ms) => void waits.set(lane, clock.ms + ms),
  };
  const process = () => createRateLimiter({ shared, now: () => clock.ms });
  const limiter = process();
  const made: string[] = [];
  const call =
    (id: string, seconds: number | null = null) =>
    async () => {
      made.push(id);
      if (seconds !== null) throw Object.assign(new Error('ratelimited'), { retryAfter: seconds });
    };
  /** For how many seconds a call is deferred; null: it was made. */
  async function run(id: string, priority: 'high' | 'low' = 'high', limited: number | null = null, by = limiter) {
    try {
      await by.run(LANE, { id, priority }, call(id, limited));
      return null;
    } catch (fault) {
      if (fault instanceof CallDeferred) return fault.retryAfter;
      throw fault;
    }
  }
  return { clock, limiter, made, run, process };
}

describe('the rate limiter', () => {
  it('makes a burst of calls at once and defers the others, each to a second of its own', async () => {
    const { run, limiter, made } = given();
    expect([await run('a'), await run('b')]).toEqual([null, null]);
    const put = [];
    for (const id of ['c', 'd', 'e']) put.push(put.length === 0 ? limiter.reserve(LANE, first(id)) : await run(id));
    expect(put).toEqual([undefined, 2, 3]);
    expect(made).toEqual(['a', 'b']);
  });

  it('lets a deferred call go when it comes back in time, before a new one', async () => {
    const { run, clock, made } = given();
    await run('a', 'high', 10);
    expect(await run('b')).toBe(11);
    clock.ms = 10_000;
    expect(await run('new')).toBe(2);
    expect(await run('a')).toBeNull();
    clock.ms = 11_000;
    expect(await run('newer')).toBe(2);
    expect(await run('b')).toBeNull();
    expect(made).toEqual(['a', 'a', 'b']);
  });

  it('makes no call during Retry-After, then one, and the others after it', async () => {
    const { run, clock, made } = given();
    expect(await run('a', 'high', 30)).toBe(30);
    expect(await run('b')).toBe(31);
    expect(await run('c')).toBe(32);
    clock.ms = 29_000;
    expect(await run('c')).toBe(3);
    clock.ms = 30_000;
    expect(await run('a', 'high', 5)).toBe(5);
    clock.ms = 31_000;
    expect(await run('b')).toBe(5);
    clock.ms = 35_000;
    expect(await run('a')).toBeNull();
    clock.ms = 36_000;
    expect(await run('b')).toBeNull();
    clock.ms = 37_000;
    expect(await run('c')).toBeNull();
    expect(made).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  it('shares Retry-After with other processes', async () => {
    const { run, made, process } = given();
    await run('a', 'high', 30);
    expect(await run('b', 'high', null, process())).toBe(30);
    expect(made).toEqual(['a']);
  });

  it('makes calls of high priority first', async () => {
    const { run, clock, made } = given();
    await run('limit', 'high', 10);
    expect(await run('note 1', 'low')).toBe(11);
    expect(await run('note 2', 'low')).toBe(12);
    expect(await run('card')).toBe(11);
    clock.ms = 10_000;
    expect(await run('limit')).toBeNull();
    clock.ms = 11_000;
    expect(await run('card')).toBeNull();
    clock.ms = 12_000;
    expect(await run('note 1', 'low')).toBeNull();
    clock.ms = 13_000;
    expect(await run('note 2', 'low')).toBeNull();
    expect(made).toEqual(['limit', 'limit', 'card', 'note 1', 'note 2']);
  });

  it('does not wait for a deferred call that never comes back', async () => {
    const { run, clock } = given();
    await run('gone', 'high', 10);
    expect(await run('b')).toBe(11);
    clock.ms = 11_000;
    expect(await run('b')).toBeNull();
  });

  it('is idle while no call waits, and not after a 429', async () => {
    const { run, limiter, clock } = given();
    expect(limiter.isIdle(LANE)).toBe(true);
    await run('a', 'high', 10);
    expect(limiter.isIdle(LANE)).toBe(false);
    clock.ms = 10_000;
    await run('a');
    clock.ms = 20_000;
    expect(limiter.isIdle(LANE)).toBe(true);
  });
});
