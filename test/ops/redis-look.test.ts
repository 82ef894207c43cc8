import { describe, expect, it } from 'vitest';
import { createRedisLook } from '../../src/ops/redis-look.ts';
import type { WriteProbe } from '../../src/workflow/write-probe.ts';

const REDIS_MS = Date.parse('2026-03-01T12:00:00Z');
type Proven = Extract<WriteProbe, { kind: 'proven' }>;

function looking(first: Partial<Proven> = {}) {
  const at = { before: REDIS_MS, after: REDIS_MS, clock: REDIS_MS, now: 0 };
  const proved: Proven = { kind: 'proven', redisMs: REDIS_MS, untouched: null, timer: null, ...first };
  let asked = false;
  const look = createRedisLook({
    prove: async () => {
      asked = true;
      return proved;
    },
    wall: { now: () => new Date(asked ? at.after : at.before) },
    clock: { now: () => new Date(at.clock) },
    now: () => at.now,
  });
  return {
    ...{ at, proved },
    look: () => {
      asked = false;
      return look();
    },
  };
}

describe('the distance of the clocks', () => {
  it.each([
    ['the same', 0, 10, 0],
    ['ahead', 300_000, 300_010, 300_000],
    ['behind', -300_010, -300_000, -300_000],
    ['not known any better than the answer took', -8000, 8000, 0],
  ])('%s', async (_, before, after, aheadMs) => {
    const { at, look } = looking();
    Object.assign(at, { before: REDIS_MS + before, after: REDIS_MS + after });
    expect(await look()).toMatchObject({ aheadMs });
  });
});

describe('the oldest work', () => {
  const REVERT = '{"kind":"revert","request":"r-1"}';

  it('is an entry, or a timer that was found due for longer', async () => {
    const { at, look, proved } = looking({ untouched: { effect: '{"kind":"show"}', ms: 3000 } });
    proved.timer = { effect: REVERT, dueMs: REDIS_MS - 1 };
    expect(await look()).toMatchObject({ oldest: { effect: 'show', ms: 3000 } });
    at.now = 5000;
    expect(await look()).toMatchObject({ oldest: { effect: 'revert', ms: 5000 } });
  });

  it('is no timer that is not due yet, or one after the other, by a clock in which hours pass in seconds too', async () => {
    const { at, look, proved } = looking();
    proved.timer = { effect: REVERT, dueMs: REDIS_MS + 60_000 };
    expect(await look()).toMatchObject({ oldest: null });
    at.clock += 3_600_000;
    expect(await look()).toMatchObject({ oldest: { ms: 0 } });
    proved.timer = { effect: REVERT, dueMs: REDIS_MS + 120_000 };
    at.now = 5000;
    expect(await look()).toMatchObject({ oldest: { ms: 0 } });
  });

  it('of a text that can not be read is of no kind', async () => {
    const { look } = looking({ untouched: { effect: 'null', ms: 3000 } });
    expect(await look()).toMatchObject({ oldest: { effect: null, ms: 3000 } });
  });
});
