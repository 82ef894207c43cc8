import { describe, expect, it } from 'vitest';
import { createRedisHealthCheck } from '../../src/ops/redis-health-check.ts';
import type { WriteProbe } from '../../src/workflow/ports/write-probe.ts';

const REDIS_MS = Date.parse('2026-03-01T12:00:00Z');
type Proven = Extract<WriteProbe, { kind: 'proven' }>;

function given(first: Partial<Proven['streams']['aws']> = {}) {
  const at = { before: REDIS_MS, after: REDIS_MS, clock: REDIS_MS, now: 0 };
  const aws: Proven['streams']['aws'] = { untouched: null, timer: null, ...first };
  const slack: Proven['streams']['slack'] = { untouched: null, timer: null };
  const probe: Proven = { kind: 'proven', redisMs: REDIS_MS, streams: { aws, slack }, deadLetters: 2 };
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
    aws,
    slack,
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
    const { at, check, aws } = given({ untouched: { effect: '{"kind":"show"}', ms: 3000 } });
    aws.timer = { effect: REVERT, dueMs: REDIS_MS - 1 };
    expect(await check()).toMatchObject({ oldest: { aws: { effect: 'show', ms: 3000 }, slack: null } });
    at.now = 5000;
    expect(await check()).toMatchObject({ oldest: { aws: { effect: 'revert', ms: 5000 }, slack: null } });
  });

  it('is no timer that is not due yet, and no row of timers that become due one after the other', async () => {
    const { at, check, aws } = given();
    aws.timer = { effect: REVERT, dueMs: REDIS_MS + 60_000 };
    expect(await check()).toMatchObject({ oldest: { aws: null, slack: null } });
    at.clock += 3_600_000;
    expect(await check()).toMatchObject({ oldest: { aws: { ms: 0 }, slack: null } });
    aws.timer = { effect: REVERT, dueMs: REDIS_MS + 120_000 };
    at.now = 5000;
    expect(await check()).toMatchObject({ oldest: { aws: { ms: 0 }, slack: null } });
  });

  it('is found for each stream by itself, with the dead letters', async () => {
    const { check, slack } = given({ untouched: { effect: '{"kind":"watch"}', ms: 3000 } });
    slack.untouched = { effect: '{"kind":"show"}', ms: 90_000 };
    expect(await check()).toMatchObject({
      oldest: { aws: { effect: 'watch', ms: 3000 }, slack: { effect: 'show', ms: 90_000 } },
      deadLetters: 2,
    });
  });

  it('has no kind where its text can not be read', async () => {
    const { check } = given({ untouched: { effect: 'null', ms: 3000 } });
    expect(await check()).toMatchObject({ oldest: { aws: { effect: null, ms: 3000 }, slack: null } });
  });
});
