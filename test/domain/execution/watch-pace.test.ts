import { describe, expect, it } from 'vitest';
import { limitSince, liveEditDue, measuredRate, nextLookSeconds } from '../../../src/domain/execution/watch-pace.ts';
import { at, execution, MIB } from '../given.ts';

const before = { at: at(0).toISOString(), bytes: 100 * MIB, limit: 100 * MIB };
const seen = (bytes: number, seconds = 10, status = 'TRANSFERRING') =>
  execution({ bytesTransferred: bytes * MIB, lookedAt: at(seconds).toISOString(), status });

describe('the measured rate', () => {
  it('is what the bytes grew by between two looks', () => {
    expect(measuredRate(before, seen(600))).toBe(50 * MIB);
    expect(measuredRate(before, seen(100))).toBe(0);
  });

  it('is not known from one look, from two at once, nor where the bytes went back or do not flow', () => {
    expect(measuredRate(null, seen(600))).toBeNull();
    expect(measuredRate(before, seen(600, 0))).toBeNull();
    expect(measuredRate(before, seen(50))).toBeNull();
    expect(measuredRate(before, seen(600, 10, 'VERIFYING'))).toBeNull();
  });
});

describe('the measured rate around a change of the limit', () => {
  const changed = { ...before, limit: 25 * MIB };

  it('is none between reads under different limits, nor if the earlier limit is unknown', () => {
    expect(measuredRate(changed, seen(600))).toBeNull();
    expect(measuredRate({ at: before.at, bytes: before.bytes }, seen(600))).toBeNull();
  });

  it('is none until the change has an effect: the earlier read has to be a minute after it', () => {
    expect(measuredRate(before, seen(600), at(-59).toISOString())).toBeNull();
    expect(measuredRate(before, seen(600), at(-60).toISOString())).toBe(50 * MIB);
  });

  it('knows since when the limit applies, by the records and by the reads', () => {
    const now = seen(600);
    expect(limitSince(null, now, [])).toBeNull();
    expect(limitSince(before, now, [])).toBeNull();
    expect(limitSince(changed, now, [])).toBe(now.lookedAt);
    const since = at(-30).toISOString();
    expect(limitSince({ ...before, since }, now, [at(-90).toISOString()])).toBe(since);
    expect(limitSince({ ...before, since }, now, [at(-10).toISOString()])).toBe(at(-10).toISOString());
  });

  it('is soon looked at again', () => {
    expect(nextLookSeconds(86_400, true)).toBe(30);
  });
});

describe('the next look', () => {
  it.each([
    [0, 60],
    [1, 30],
    [1800, 30],
    [3600, 60],
    [10_000, 167],
    [86_400, 300],
    [null, 60],
  ])('with %j s left comes after %i s', (left, seconds) => {
    expect(nextLookSeconds(left)).toBe(seconds);
  });
});

describe('an edit of live facts', () => {
  it('is made at each read while few are watched, and less often the more there are: 25 a minute in all', () => {
    expect(liveEditDue({ secondsSince: 30, changed: true, cards: 12 })).toBe(true);
    expect(liveEditDue({ secondsSince: 30, changed: true, cards: 13 })).toBe(false);
    expect(liveEditDue({ secondsSince: 239, changed: true, cards: 100 })).toBe(false);
    expect(liveEditDue({ secondsSince: 240, changed: true, cards: 100 })).toBe(true);
  });

  it('is made every five minutes where nothing is new', () => {
    expect(liveEditDue({ secondsSince: 299, changed: false, cards: 1 })).toBe(false);
    expect(liveEditDue({ secondsSince: 300, changed: false, cards: 1 })).toBe(true);
    expect(liveEditDue({ secondsSince: 300, changed: false, cards: 200 })).toBe(false);
  });
});
