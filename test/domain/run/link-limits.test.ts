import { describe, expect, it } from 'vitest';
import { cappedAt, desiredLimit, limitsAhead } from '../../../src/domain/run/desired-limit.ts';
import { type LinkLimit, type LinkLimits, lowerRate, stricterLimits } from '../../../src/domain/run/link-limits.ts';
import { type Run, untouchedRun } from '../../../src/domain/run/run.ts';
import { differs, weigh } from '../../../src/domain/run/weigh-limit.ts';
import { at, MIB, rule } from '../given.ts';

const HOUR = 3600;
const FREE: LinkLimit = { from: new Date(0), rate: -1, capsGrants: false };
const windowAt = (second: number, mib: number): LinkLimit => ({ from: at(second), rate: mib * MIB, capsGrants: true });
const freeAt = (second: number): LinkLimit => ({ ...FREE, from: at(second) });

/** A window of 40 MiB/s from the first to the second hour. */
const WINDOW: LinkLimits = { link: 'dc1-wan', limits: [FREE, windowAt(HOUR, 40), freeAt(2 * HOUR)] };

function runWith(more: Partial<Run>, link = WINDOW): Run {
  return { ...untouchedRun('arn'), baseline: 100 * MIB, link, ...more };
}

const grant = (mib: number, until: number | null) => ({
  request: 'r-1',
  rate: mib * MIB,
  until: until === null ? null : at(until).toISOString(),
  role: null,
});

const ahead = (run: Run, second = 0) =>
  limitsAhead(run, at(second)).map(({ from, limit }) => [
    from === null ? null : (from.getTime() - at(0).getTime()) / 1000,
    limit.cause,
    'rate' in limit ? limit.rate / MIB : null,
  ]);

describe('what a run should have, as a member of a link', () => {
  it('is the window’s limit while it lasts, and the one from before otherwise', () => {
    expect(ahead(runWith({}))).toEqual([
      [null, 'baseline', 100],
      [HOUR, 'link', 40],
      [2 * HOUR, 'baseline', 100],
    ]);
    expect(ahead(runWith({ baseline: 30 * MIB }))).toEqual([[null, 'baseline', 30]]);
    expect(ahead(runWith({ baseline: -1 }), HOUR)).toEqual([
      [null, 'link', 40],
      [2 * HOUR, 'baseline', -1 / MIB],
    ]);
  });

  it('is a requested limit, which the window caps', () => {
    expect(ahead(runWith({ grants: [grant(60, 3 * HOUR)] }))).toEqual([
      [null, 'grant', 60],
      [HOUR, 'grant', 40],
      [2 * HOUR, 'grant', 60],
      [3 * HOUR, 'baseline', 100],
    ]);
    expect(cappedAt(runWith({}), 60 * MIB, at(HOUR))).toEqual({ rate: 40 * MIB, link: 'dc1-wan' });
    expect(cappedAt(runWith({}), 30 * MIB, at(HOUR))).toEqual({ rate: 30 * MIB, link: null });
  });

  it('is not the link’s own capacity where one was requested', () => {
    const always: LinkLimits = { link: 'dc1-wan', limits: [{ ...FREE, rate: 40 * MIB }] };
    expect(ahead(runWith({ grants: [grant(60, HOUR)] }, always))).toEqual([
      [null, 'grant', 60],
      [HOUR, 'link', 40],
    ]);
  });

  it('is left alone after a change from outside, until another window begins', () => {
    const outside = {
      rate: 70 * MIB,
      or: null,
      at: at(HOUR + 60).toISOString(),
      request: null,
      outside: true as const,
    };
    const link: LinkLimits = { link: 'dc1-wan', limits: [...WINDOW.limits, windowAt(3 * HOUR, 30)] };
    expect(ahead(runWith({ baseline: 70 * MIB, inForce: outside }, link), HOUR + 120)).toEqual([
      [null, 'baseline', 70],
      [3 * HOUR, 'link', 30],
    ]);
  });

  it('is unknown where the limit from before is', () => {
    expect(desiredLimit(runWith({ baseline: null }), { now: at(HOUR) })).toEqual({ cause: 'unknown' });
  });
});

describe('a requested limit of a member, weighed over its whole time', () => {
  const RULE = rule({ approvals: { lower: 0, raise: 1, unlimited: 2 } });
  const weighed = (
    mib: number,
    { now, until, from }: { now: number; until: number | null; from: number },
    run = runWith({}),
  ) => {
    const limit = { request: null, from: from * MIB, to: mib * MIB, until: until === null ? null : at(until) };
    const { direction, needed, exceeds } = weigh(limit, { run, rule: RULE, now: at(now) });
    return { direction, needed, exceeds, differs: differs(limit, run, at(now)) };
  };
  const inForce = (mib: number) => ({
    rate: mib * MIB,
    or: null,
    at: at(0).toISOString(),
    request: null,
    link: 'dc1-wan',
  });

  it('is no raise where the window caps it, since it is none then', () => {
    const run = runWith({ inForce: inForce(40) });
    const of = { now: HOUR, from: 40 };
    expect(weighed(60, { ...of, until: 2 * HOUR }, run)).toMatchObject({ direction: 'lower', differs: false });
    expect(weighed(60, { ...of, until: 3 * HOUR }, run)).toMatchObject({ direction: 'lower', differs: true });
    expect(weighed(120, { ...of, until: 3 * HOUR }, run)).toMatchObject({
      direction: 'raise',
      needed: 1,
      exceeds: { rate: 100 * MIB },
    });
  });

  it('is a raise above what the link’s own capacity allows later', () => {
    const link: LinkLimits = { link: 'dc1-wan', limits: [FREE, { ...windowAt(HOUR, 40), capsGrants: false }] };
    expect(weighed(60, { now: 0, until: 2 * HOUR, from: 100 }, runWith({}, link))).toMatchObject({
      direction: 'raise',
      exceeds: { rate: 40 * MIB, from: at(HOUR).toISOString() },
    });
    expect(weighed(60, { now: 0, until: HOUR, from: 100 }, runWith({}, link))).toMatchObject({ direction: 'lower' });
  });
});

describe('limits by two policies', () => {
  it('are the lower one at each time', () => {
    const other: LinkLimits = {
      link: 'dc1-wan',
      limits: [{ ...FREE, rate: 70 * MIB }, windowAt(HOUR / 2, 50), freeAt(3 * HOUR)],
    };
    expect(stricterLimits(WINDOW, other)?.limits.map(({ rate, capsGrants }) => [rate / MIB, capsGrants])).toEqual([
      [70, false],
      [50, true],
      [40, true],
      [50, true],
      [-1 / MIB, false],
    ]);
    expect(stricterLimits(null, other)).toBe(other);
    expect([lowerRate(-1, 5), lowerRate(5, -1), lowerRate(-1, -1), lowerRate(4, 5)]).toEqual([5, 5, -1, 4]);
  });
});
