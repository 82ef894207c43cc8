import { describe, expect, it } from 'vitest';
import { createMeasuredRates } from '../../src/workflow/measured-rates.ts';
import { at, execution, MIB } from '../domain/given.ts';

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
