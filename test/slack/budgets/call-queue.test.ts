import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallDeferred } from '../../../src/slack/budgets/call-deferred.ts';
import { createCallQueue } from '../../../src/slack/budgets/call-queue.ts';

const BUDGET = { key: 'post:C0OPS', burst: 2, perMinute: 60, atOnce: 1, optional: 0.5 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const moveTo = (ms: number) => vi.advanceTimersByTime(ms - performance.now());

const first = (id: string) => ({ id, priority: 'high' as const });

/** A queue on a clock that stands still until it is moved, whose calls don't wait in the process. */
function given(budget = BUDGET) {
  const queue = createCallQueue(budget, 60_000);
  const made: string[] = [];
  const call =
    (id: string, seconds: number | null = null) =>
    async () => {
      made.push(id);
      if (seconds !== null) throw Object.assign(new Error('ratelimited'), { retryAfter: seconds });
      return id;
    };
  /** For how many seconds a call is deferred; null: it was made. */
  async function run(id: string, priority: 'high' | 'low' = 'high', limited: number | null = null) {
    try {
      await queue.run({ id, priority }, 0, call(id, limited));
      return null;
    } catch (fault) {
      if (fault instanceof CallDeferred) return fault.retryAfter;
      throw fault;
    }
  }
  return { queue, made, run, call };
}

describe('the calls that share a budget', () => {
  it('go as a burst, and the others are deferred, each to a time of its own', async () => {
    const { run, queue, made } = given();
    expect([await run('a'), await run('b')]).toEqual([null, null]);
    expect(() => queue.reserve(first('c'), 0)).toThrow('in 1000 ms');
    expect([await run('d'), await run('e')]).toEqual([2, 3]);
    expect(made).toEqual(['a', 'b']);
  });

  it('go before new ones when they come back in time', async () => {
    const { run, made } = given();
    await run('a', 'high', 10);
    expect(await run('b')).toBe(11);
    moveTo(10_000);
    expect(await run('new')).toBe(2);
    expect(await run('a')).toBeNull();
    moveTo(11_000);
    expect(await run('newer')).toBe(2);
    expect(await run('b')).toBeNull();
    expect(made).toEqual(['a', 'a', 'b']);
  });

  it('are not made during Retry-After, then one is, and the others after it', async () => {
    const { run, made } = given();
    expect(await run('a', 'high', 30)).toBe(30);
    expect(await run('b')).toBe(31);
    expect(await run('c')).toBe(32);
    moveTo(29_000);
    expect(await run('c')).toBe(3);
    moveTo(30_000);
    expect(await run('a', 'high', 5)).toBe(5);
    moveTo(31_000);
    expect(await run('b')).toBe(5);
    moveTo(35_000);
    expect(await run('a')).toBeNull();
    moveTo(36_000);
    expect(await run('b')).toBeNull();
    moveTo(37_000);
    expect(await run('c')).toBeNull();
    expect(made).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  it('are not made while another bot was asked to wait', async () => {
    const { run, queue, made } = given();
    queue.close(30_000);
    expect(await run('a')).toBe(30);
    moveTo(30_000);
    expect([await run('a'), await run('b')]).toEqual([null, 1]);
    expect(made).toEqual(['a']);
  });

  it('go by priority', async () => {
    const { run, made } = given();
    await run('limit', 'high', 10);
    expect(await run('note 1', 'low')).toBe(11);
    expect(await run('note 2', 'low')).toBe(12);
    expect(await run('card')).toBe(11);
    for (const [at, id, priority] of [
      [10_000, 'limit', 'high'],
      [11_000, 'card', 'high'],
      [12_000, 'note 1', 'low'],
      [13_000, 'note 2', 'low'],
    ] as const) {
      moveTo(at);
      expect(await run(id, priority)).toBeNull();
    }
    expect(made).toEqual(['limit', 'limit', 'card', 'note 1', 'note 2']);
  });

  it('do not wait for one that never comes back, or was given up', async () => {
    const { run, queue } = given();
    await run('gone', 'high', 10);
    expect(await run('b')).toBe(11);
    moveTo(11_000);
    expect(await run('b')).toBeNull();
    queue.giveUp('gone');
    moveTo(12_000);
    expect(await run('c')).toBeNull();
  });

  it('are in no minute more than burst and rate together', async () => {
    const { run, made } = given({ key: 'edit', burst: 10, perMinute: 40, atOnce: 4, optional: 0.5 });
    const madeAt: number[] = [];
    for (let second = 0; second < 600; second += 1) {
      moveTo(second * 1000);
      for (let nth = 0; nth < 60; nth += 1) await run(`${nth}`);
      while (madeAt.length < made.length) madeAt.push(second);
    }
    for (const at of madeAt) expect(madeAt.filter((one) => one >= at && one < at + 60).length).toBeLessThanOrEqual(50);
    // None of it is left unused.
    expect(made.length).toBeGreaterThanOrEqual(10 * 40);
    expect(new Set(made).size).toBe(60);
  });
});

describe('calls that can be left out', () => {
  const EDITS = { key: 'edit', burst: 10, perMinute: 40, atOnce: 4, optional: 0.5 };

  it('are left out while another call waits', async () => {
    const { run, queue, call, made } = given(EDITS);
    await run('card', 'high', 10);
    moveTo(9999);
    expect(await queue.runOptional(call('live'))).toBeNull();
    moveTo(10_001);
    // The card may be edited now, and its worker has not come back yet.
    expect(await queue.runOptional(call('live'))).toBeNull();
    expect(await run('card')).toBeNull();
    moveTo(20_000);
    expect(await queue.runOptional(call('live'))).toBe('live');
    expect(made).toEqual(['card', 'card', 'live']);
  });

  it('have their part of the budget, at once and by the minute', async () => {
    const { run, queue, call, made } = given(EDITS);
    for (let nth = 0; nth < 20; nth += 1) await queue.runOptional(call('live'));
    expect(made).toHaveLength(5);
    for (let nth = 0; nth < 5; nth += 1) expect(await run(`card ${nth}`)).toBeNull();
    expect(await run('one too many')).toBeGreaterThan(0);
    queue.giveUp('one too many');
    made.length = 0;
    for (let second = 1; second <= 60; second += 1) {
      moveTo(second * 1000);
      for (let nth = 0; nth < 5; nth += 1) await queue.runOptional(call('live'));
    }
    expect(made).toHaveLength(20);
  });
});
