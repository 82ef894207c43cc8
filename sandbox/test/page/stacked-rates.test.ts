import { describe, expect, it } from 'vitest';
import { stackedRates } from '../../page/client/other-side/stacked-rates.ts';
import type { CurvePoint } from '../../page/page-state.ts';

const curve = (...points: [at: number, rate: number][]): CurvePoint[] =>
  points.map(([at, rate]) => ({ at, rate, bytes: 0, limit: -1 }));
const shown = (bands: CurvePoint[][][], from: number, to: number) =>
  stackedRates(bands, from, to).map(({ at, rates }) => [at, ...rates]);

describe('the rates on a link', () => {
  it('change at the very moment at which one of them does, from the first to the last moment of the window', () => {
    const bands = [[curve([0, 9], [20, 4], [60, 4])], [curve([20, 5], [40, 0], [60, 0])]];
    expect(shown(bands, 10, 60)).toEqual([
      [10, 9, 0],
      [20, 4, 5],
      [40, 4, 0],
      [60, 4, 0],
    ]);
  });

  it('of runs of one task that follow each other are one band', () => {
    expect(shown([[curve([0, 9], [20, 0], [60, 0]), curve([30, 7], [60, 7])]], 10, 50)).toEqual([
      [10, 9],
      [20, 0],
      [30, 7],
      [50, 7],
    ]);
  });

  it('are nothing before a run begins, and nothing where none has run', () => {
    expect(shown([[], [curve([30, 3], [50, 3])]], 0, 50)).toEqual([
      [0, 0, 0],
      [30, 0, 3],
      [50, 0, 3],
    ]);
    expect(shown([], 0, 50)).toEqual([[0], [50]]);
  });
});
