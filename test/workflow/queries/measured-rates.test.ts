import { describe, expect, it } from 'vitest';
import { createMeasuredRates, speedUnderLimit } from '../../../src/workflow/queries/measured-rates.ts';
import { at, execution, MIB } from '../../domain/given.ts';

function rates(...looks: [seconds: number, mib: number][]) {
  const measured = createMeasuredRates();
  for (const [seconds, mib] of looks) {
    measured.note(execution({ lookedAt: at(seconds).toISOString(), bytesTransferred: mib * MIB }));
  }
  const found = measured.of(execution().arn);
  return found === null ? null : found / MIB;
}

describe('measured rates', () => {
  it.each<[string, [number, number][], number | null]>([
    ['nothing', [], null],
    ['one look', [[0, 10]], null],
    [
      'two that are too close',
      [
        [0, 10],
        [1.9, 20],
      ],
      null,
    ],
    [
      'two',
      [
        [0, 10],
        [2, 30],
      ],
      10,
    ],
    [
      'the newest that is old enough',
      [
        [0, 0],
        [10, 100],
        [19, 500],
        [20, 600],
      ],
      50,
    ],
    [
      'the same look twice',
      [
        [0, 10],
        [4, 30],
        [4, 30],
      ],
      5,
    ],
    [
      'one that comes late',
      [
        [0, 0],
        [10, 100],
        [5, 90],
      ],
      10,
    ],
    [
      'one that is too old',
      [
        [0, 0],
        [301, 1000],
      ],
      null,
    ],
    [
      'what stands still',
      [
        [0, 10],
        [10, 10],
      ],
      0,
    ],
    [
      'what went back',
      [
        [0, 10],
        [10, 5],
      ],
      0,
    ],
  ])('of %s', (_what, looks, rate) => {
    expect(rates(...looks)).toBe(rate);
  });

  it('is null across a change of the limit, until there are two reads a minute after it', () => {
    const measured = createMeasuredRates();
    const look = (seconds: number, mib: number, limit: number) => {
      const seen = execution({
        lookedAt: at(seconds).toISOString(),
        bytesTransferred: mib * MIB,
        bytesPerSecond: limit,
        startedAt: at(-100).toISOString(),
      });
      measured.note(seen);
      return [measured.of(seen.arn), speedUnderLimit(measured, seen, false)].map((rate) => rate && rate / MIB);
    };
    expect(look(0, 1000, 100 * MIB)).toEqual([null, 10]);
    expect(look(10, 2000, 100 * MIB)).toEqual([100, 100]);
    // The limit is another one: neither that speed nor the average since the start is one under it.
    expect(look(20, 2900, 25 * MIB)).toEqual([null, null]);
    expect(look(50, 4000, 25 * MIB)).toEqual([null, null]);
    expect(look(80, 4750, 25 * MIB)).toEqual([null, null]);
    expect(look(90, 5000, 25 * MIB)).toEqual([25, 25]);
    expect(look(100, 5200, -1)).toEqual([null, null]);
  });

  it('takes no average where a limit was set on the run', () => {
    const seen = execution({ startedAt: at(-100).toISOString(), bytesTransferred: 100 * MIB });
    expect(speedUnderLimit(createMeasuredRates(), seen, false)).toBe(MIB);
    expect(speedUnderLimit(createMeasuredRates(), seen, true)).toBeNull();
  });

  it('keeps a bounded number of executions, those looked at last', () => {
    const measured = createMeasuredRates();
    const note = (index: number, seconds: number) =>
      measured.note(execution({ arn: `arn-${index}`, lookedAt: at(seconds).toISOString(), bytesTransferred: seconds }));
    for (let index = 0; index <= 2_000; index += 1) note(index, 0);
    for (const index of [2_000, 0]) note(index, 10);
    expect(measured.of('arn-2000')).toBe(1);
    expect(measured.of('arn-0')).toBeNull();
  });
});
