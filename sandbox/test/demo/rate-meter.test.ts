import { describe, expect, it } from 'vitest';
import { isAbout } from '../../demo/rate-meter.ts';

const MIB = 1_048_576;

describe('a measured rate', () => {
  it.each([50 * MIB, 50 * MIB + 100, 50 * MIB - 100])('is the wanted one at %d bytes per second', (rate) => {
    expect(isAbout(rate, 50 * MIB)).toBe(true);
  });

  it.each([51, 50.1, 49.9])('is not, at %d MiB/s: the limit came into force within its window', (rate) => {
    expect(isAbout(rate * MIB, 50 * MIB)).toBe(false);
  });
});
