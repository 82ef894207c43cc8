import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRate, parseRate, UNLIMITED, writeRate } from '../../../src/domain/rate/rate.ts';

const MiB = 1024 ** 2;
const validRate = fc.oneof(
  fc.constant(UNLIMITED),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.tuple(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 0, max: 4 })).map(([n, power]) => n * 1024 ** power),
);

describe('writeRate', () => {
  it.each([
    [50 * MiB, '50MiB/s'],
    [52428801, '52428801'],
    [1024, '1KiB/s'],
    [UNLIMITED, 'unlimited'],
    [1, '1B/s'],
  ])('writes %d as %j', (rate, text) => {
    expect(writeRate(rate)).toBe(text);
  });

  it('is read back to the same rate', () => {
    fc.assert(
      fc.property(validRate, (bytesPerSecond) => {
        expect(parseRate(writeRate(bytesPerSecond))).toEqual({ ok: true, value: { kind: 'absolute', bytesPerSecond } });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatRate', () => {
  it.each([
    [52428800, '50 MiB/s (419 Mbit/s)'],
    [50_000_000, '47.7 MiB/s (400 Mbit/s)'],
    [1.5 * 1024 ** 3, '1.5 GiB/s (12.9 Gbit/s)'],
    [1, '1 B/s (8 bit/s)'],
    [0, '0 B/s (0 bit/s)'],
    [1024 ** 2 - 1, '1 MiB/s (8.39 Mbit/s)'],
    [UNLIMITED, 'unlimited'],
    [Number.NaN, 'unknown'],
    [-5, 'unknown'],
  ])('%d is %j', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it('never shows NaN, exponents or nothing, and stays short', () => {
    fc.assert(
      fc.property(fc.oneof(validRate, fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true })), (rate) => {
        const text = formatRate(rate);
        expect(text).toMatch(/^(?:unlimited|\d+(?:\.\d+)? [KMGT]?i?B\/s \(\d+(?:\.\d+)? [kMGT]?bit\/s\))$/);
        expect(text.length).toBeLessThan(40);
      }),
    );
  });
});
