import { describe, expect, it } from 'vitest';
import { createRedisHealthCheck } from '../../src/ops/redis-health-check.ts';
import type { WriteProbe } from '../../src/workflow/ports/write-probe.ts';

const REDIS_MS = Date.parse('2026-03-01T12:00:00Z');
type Proven = Extract<WriteProbe, { kind: 'proven' }>;

function given(first: Partial<Proven> = {}) {
  const at = { before: REDIS_MS, after: REDIS_MS, clock: REDIS_MS, now: 0 };
  const probe: Proven = { kind: 'proven', redisMs: REDIS_MS, untouched: null, timer: null, ...first };
  let asked = false;
  const check = createRedisHealthCheck({
    probeWrite: async () => {
      asked = true;
      return probe;
    },
    wall: { now: () => new Date(asked ? at.after : at.before) },
    clock: { now: () => new Date(at.clock) },
    now: () => at.now,
  });
  return {
    at,
    probe,
    check: () => {
      asked = false;
      return check();
    },
  };
}

describe('the difference of the clocks', () => {
  it.each([
    ['the same', 0, 10, 0],
    ['ahead', 300_000, 300_010, 300_000],
    ['behind', -300_010, -300_000, -300_000],
    ['not known any better than the answer took', -8000, 8000, 0],
  ])('%s', async (_, before, after, aheadMs) => {
    const { at, check } = given();
    Object.assign(at, { before: REDIS_MS + before, after: REDIS_MS + after });
    expect(await check()).toMatchObject({ aheadMs });
  });
});

describe('the oldest work', () => {
  const REVERT = '{"kind":"revert","request":"r-1"}';

  it('is an entry, or a timer that has been due for longer', async () => {
    const { at, check, probe } = given({ untouched: { effect: '{"kind":"show"}', ms: 3000 } });
    probe.timer = { effect: REVERT, dueMs: REDIS_MS - 1 };
    expect(await check()).toMatchObject({ oldest: { effect: 'show', ms: 3000 } });
    at.now = 5000;
    expect(await check()).toMatchObject({ oldest: { effect: 'revert', ms: 5000 } });
  });

  it('is no timer that is not due yet, and no row of timers that become due one after the other', async () => {
    const { at, check, probe } = given();
    probe.timer = { effect: REVERT, dueMs: REDIS_MS + 60_000 };
    expect(await check()).toMatchObject({ oldest: null });
    at.clock += 3_600_000;
    expect(await check()).toMatchObject({ oldest: { ms: 0 } });
    probe.timer = { effect: REVERT, dueMs: REDIS_MS + 120_000 };
    at.now = 5000;
    expect(await check()).toMatchObject({ oldest: { ms: 0 } });
  });

  it('has no kind where its text can not be read', async () => {
    const { check } = given({ untouched: { effect: 'null', ms: 3000 } });
    expect(await check()).toMatchObject({ oldest: { effect: null, ms: 3000 } });
  });
});
