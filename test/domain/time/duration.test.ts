import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  MAX_DURATION,
  MIN_DURATION,
  parseDuration,
  writeDuration,
} from '../../../src/domain/time/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['60s', 60],
    ['90s', 90],
    ['30m', 1800],
    [' 2H ', 7200],
    ['1d', 86_400],
    ['7d', 604_800],
    ['1h30m', 5400],
    ['1d2h3m4s', 93_784],
    ['0h30m', 1800],
  ])('reads %j as %d seconds', (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['59s', 'too-short', '`1m`'],
    ['0m', 'too-short', '`1m`'],
    ['8d', 'too-long', '`7d`'],
    ['7d1s', 'too-long', '`7d`'],
    ['99999999999999999999d', 'too-long', '`7d`'],
    ['30', 'no-unit', '`30m` for minutes or `30h` for hours'],
    ['2 hours', 'unknown-unit', '`2h`'],
    ['30min', 'unknown-unit', '`30m`'],
    ['2w', 'unknown-unit', '`1d`'],
    ['30m1h', 'wrong-order', 'larger unit first'],
    ['1h1h', 'repeated-unit', 'each unit once'],
    ['1h 30m', 'not-a-duration', '`1h30m`'],
    ['1.5h', 'not-a-duration', '`1h30m`'],
    ['', 'not-a-duration', '`30m`'],
    ['-5m', 'not-a-duration', '`30m`'],
    ['soon', 'not-a-duration', '`30m`'],
    ['1'.repeat(5000), 'not-a-duration', '`30m`'],
  ])('refuses %j as %s', (text, kind, advice) => {
    const parsed = parseDuration(text);
    expect(parsed).toMatchObject({ ok: false, problem: { kind } });
    if (!parsed.ok) expect(parsed.problem.instead).toContain(advice);
    if (!parsed.ok) expect(parsed.problem.quoted.length).toBeLessThanOrEqual(60);
  });
});

describe('writeDuration and formatDuration', () => {
  it('writes what is read back to the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_DURATION, max: MAX_DURATION }), (value) => {
        expect(parseDuration(writeDuration(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    [5400, '1h30m', '1 h 30 min'],
    [90, '1m30s', '1 min 30 s'],
    [604_800, '7d', '7 d'],
    [0, '0s', '0 s'],
    [59.6, '1m', '1 min'],
    [-3, '0s', '0 s'],
  ])('%d seconds are %s for a machine and %s for people', (seconds, written, formatted) => {
    expect(writeDuration(seconds)).toBe(written);
    expect(formatDuration(seconds)).toBe(formatted);
  });
});
