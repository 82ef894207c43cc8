import type { CurvePoint } from '../../page-state.ts';

/** A rate that was measured up to a moment, bytes per second. */
export interface Measured {
  at: number;
  rate: number;
}

/** As a bandwidth meter has it: averaged over the last seconds, so that a change shows as a slope. */
const OVER_MS = 3000;

/**
 * The measured rate at evenly spaced moments from `from` to `to`, both included.
 * @param curve in order; each point's rate holds until the next
 */
export function measuredRates(curve: readonly CurvePoint[], from: number, to: number, count: number): Measured[] {
  const step = (to - from) / (count - 1);
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * step;
    const since = Math.max(at - OVER_MS, curve[0]?.at ?? at);
    return { at, rate: at > since ? flowed(curve, since, at) / (at - since) : 0 };
  });
}

/** The rate's integral over a time, in bytes per second × milliseconds. */
function flowed(curve: readonly CurvePoint[], from: number, to: number): number {
  return curve.reduce((sum, point, index) => {
    const begin = Math.max(from, point.at);
    const end = Math.min(to, curve[index + 1]?.at ?? to);
    return end > begin ? sum + point.rate * (end - begin) : sum;
  }, 0);
}
