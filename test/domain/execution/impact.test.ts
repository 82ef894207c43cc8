import { describe, expect, it } from 'vitest';
import { averageRate, etaAt, impact, rateOnWire, type ThenRate } from '../../../src/domain/execution/impact.ts';
import type { TaskExecution } from '../../../src/domain/execution/task-execution.ts';
import { UNLIMITED } from '../../../src/domain/rate/rate.ts';

/** 1000 of 11000 bytes done in 100 s, nothing of it compressible. */
function execution(but: Partial<TaskExecution> = {}): TaskExecution {
  return {
    arn: 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0',
    status: 'TRANSFERRING',
    mode: 'BASIC',
    bytesPerSecond: 10,
    taskName: 'nightly',
    bytesTransferred: 1000,
    bytesEstimated: 11_000,
    bytesWritten: 1000,
    bytesCompressed: 1000,
    startedAt: '2026-01-01T00:00:00.000Z',
    lookedAt: '2026-01-01T00:01:40.000Z',
    requestId: null,
    ...but,
  };
}
const about = (seconds: number) => ({ kind: 'seconds', seconds, bound: 'about' });
const atLeast = (seconds: number) => ({ kind: 'seconds', seconds, bound: 'at-least' });
const unknown = (why: string) => ({ kind: 'unknown', why });

describe('averageRate', () => {
  it.each([
    ['since the start', {}, 10],
    ['nothing transferred yet', { bytesTransferred: 0 }, null],
    ['not started', { startedAt: null }, null],
    ['looked at in the moment of the start', { lookedAt: '2026-01-01T00:00:00.000Z' }, null],
    ['a start that is no time', { startedAt: 'soon' }, null],
  ])('%s', (_what, but, rate) => {
    expect(averageRate(execution(but))).toBe(rate);
  });
});

describe('impact', () => {
  it.each([
    ['a lower limit below the speed decides', 10, 5, 10, about(1000), about(2000)],
    ['a higher limit, where the limit decided until now, is a best case', 10, 20, 10, about(1000), atLeast(500)],
    ['a higher limit does not help where the link is the bottleneck', 100, 200, 10, about(1000), about(1000)],
    ['a lower limit above the speed changes nothing', 100, 50, 10, about(1000), about(1000)],
    ['from unlimited to a limit below the speed', UNLIMITED, 5, 10, about(1000), about(2000)],
    ['from unlimited to a limit above the speed', UNLIMITED, 50, 10, about(1000), about(1000)],
    ['lifting a limit that decided: nobody knows', 10, UNLIMITED, 10, about(1000), unknown('unlimited-not-measured')],
    ['lifting a limit that did not decide', 100, UNLIMITED, 10, about(1000), about(1000)],
    ['nothing measured', 10, 20, null, atLeast(1000), atLeast(500)],
    ['nothing measured, unlimited', UNLIMITED, 20, null, unknown('unlimited-not-measured'), atLeast(500)],
    ['standing still', 10, 20, 0, unknown('not-moving'), atLeast(500)],
  ])('%s', (_what, from, to, measured, before, after) => {
    expect(impact(execution(), from, to, measured)).toEqual({ before, after });
  });

  it.each<[string, [number, number, number | null], { after?: ThenRate; before?: ThenRate }, object, object]>([
    [
      'a limit for a while: then at the rate from before',
      [10, 5, 10],
      { after: { afterSeconds: 600, rate: 10 } },
      about(1000),
      { ...about(1300), thenRate: 10 },
    ],
    [
      'one that outlasts the transfer',
      [10, 5, 10],
      { after: { afterSeconds: 2000, rate: 10 } },
      about(1000),
      about(2000),
    ],
    [
      'nothing measured',
      [10, 5, null],
      { after: { afterSeconds: 600, rate: 10 } },
      atLeast(1000),
      { ...atLeast(1300), thenRate: 10 },
    ],
    [
      'back to no limit, with nothing measured: not before the limit ends',
      [UNLIMITED, 5, null],
      { after: { afterSeconds: 600, rate: UNLIMITED } },
      unknown('unlimited-not-measured'),
      atLeast(600),
    ],
    [
      'the limit in force ends by itself too',
      [10, 5, 10],
      { before: { afterSeconds: 500, rate: 20 }, after: { afterSeconds: 600, rate: 20 } },
      { ...atLeast(750), thenRate: 20 },
      { ...atLeast(950), thenRate: 20 },
    ],
    [
      'its time is over already',
      [10, 5, 10],
      { after: { afterSeconds: 0, rate: 10 } },
      about(1000),
      { ...about(1000), thenRate: 10 },
    ],
  ])('%s', (_what, [from, to, measured], then, before, after) => {
    expect(impact(execution(), from, to, measured, then)).toEqual({ before, after });
  });

  it('has nothing to say before AWS has an estimate', () => {
    const eta = unknown('no-estimate');
    expect(impact(execution({ bytesEstimated: 0, bytesTransferred: 0 }), 10, 20, 10)).toEqual({
      before: eta,
      after: eta,
    });
  });

  it('is over when all is transferred, an estimate that was too low included', () => {
    const done = execution({ bytesTransferred: 12_000, bytesCompressed: 12_000 });
    expect(impact(done, 10, 20, 10)).toEqual({ before: about(0), after: about(0) });
  });

  it('counts the limit on the wire, so that what compresses well goes faster', () => {
    expect(impact(execution({ bytesCompressed: 500 }), 10, 5, null)).toEqual({
      before: atLeast(500),
      after: atLeast(1000),
    });
  });
});

describe('etaAt', () => {
  it.each([
    ['the limit decides', 10, 50, 1000],
    ['the speed decides', 100, 10, 1000],
    ['the limit is all that is known', 10, null, 1000],
    ['unlimited, by what was measured', UNLIMITED, 10, 1000],
    ['unlimited and not measured', UNLIMITED, null, null],
  ])('%s', (_what, rate, measured, seconds) => {
    expect(etaAt(execution(), rate, measured)).toBe(seconds);
  });
});

describe('rateOnWire', () => {
  it.each([
    ['is as measured where nothing is compressed', {}, 40],
    ['is what compression leaves of it', { bytesCompressed: 250 }, 10],
    ['is never more', { bytesCompressed: 2000 }, 40],
    ['is as measured before the first byte', { bytesTransferred: 0, bytesCompressed: 0 }, 40],
  ])('%s', (_, but, rate) => {
    expect(rateOnWire(execution(but), 40)).toBe(rate);
  });
});
