import type { CurvePoint } from '../../page-state.ts';

/** The rates from a moment on, until the next one. */
export interface Moment {
  at: number;
  /** Bytes per second, in the order of the bands. */
  rates: readonly number[];
}

/**
 * What flowed in each band from `from` to `to`, exact to the moment: rates change in steps.
 * @param bands the curves of the runs in each; of a curve, each point's rate holds until the next
 * @returns in order; the first is at `from`, the last at `to`
 */
export function stackedRates(
  bands: readonly (readonly (readonly CurvePoint[])[])[],
  from: number,
  to: number,
): Moment[] {
  const turns = bands.flat(2).map(({ at }) => at);
  const inside = turns.filter((at) => at > from && at < to);
  const moments = [...new Set([from, ...inside, to])].sort((a, b) => a - b);
  return moments.map((at) => ({
    at,
    rates: bands.map((curves) => curves.reduce((sum, curve) => sum + rateAt(curve, at), 0)),
  }));
}

function rateAt(curve: readonly CurvePoint[], at: number): number {
  return curve.findLast((point) => point.at <= at)?.rate ?? 0;
}
