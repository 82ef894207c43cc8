import type { ReactNode } from 'react';
import type { CurvePoint, ShownExecution } from '../../page-state.ts';
import { measuredRates } from './measured.ts';
import { rateWords } from './rates.ts';

const WIDTH = 360;
const HEIGHT = 104;
const FLOOR = HEIGHT - 14;
const WINDOW_MS = 90_000;
const POINTS = 181;
/** The limit lies on the rate that it holds down, and not in it. */
const LID = 3;
const MiB = 1_048_576;
/** MiB/s: where the scale may end. */
const SCALES = [10, 25, 50, 100, 150, 200, 300, 500, 1000, 2000, 5000];

/** The bandwidth of the last minute and a half, and the limit that it has to keep to. */
export function Curve({ execution, now }: { execution: ShownExecution; now: number }): ReactNode {
  const { curve, rate, limitInForce } = execution;
  const from = now - WINDOW_MS;
  const begun = curve[0]?.at ?? now;
  const measured = measuredRates(curve, from, now, POINTS).filter((one) => one.at >= begun);
  const limits = limitSteps(curve, from, now);
  const highest = Math.max(...measured.map((one) => one.rate), ...limits.map((one) => one.limit)) / MiB;
  const top = (SCALES.find((scale) => scale >= highest * 1.1) ?? highest * 1.1) * MiB;
  const x = (at: number): number => round(((Math.max(at, from) - from) / WINDOW_MS) * WIDTH);
  const y = (value: number): number => round(FLOOR - (value / top) * (FLOOR - 6));
  const line = measured.map((one) => `${x(one.at)},${y(one.rate)}`).join(' ');
  return (
    <svg
      className="curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${execution.taskName}: ${rateWords(rate)} measured, limit ${rateWords(limitInForce)}`}
    >
      {[top, top / 2].map((value) => (
        <line key={value} className="grid" x1="0" x2={WIDTH} y1={y(value)} y2={y(value)} />
      ))}
      <polygon className="area" points={`${x(begun)},${FLOOR} ${line} ${WIDTH},${FLOOR}`} />
      <polyline className="rate" points={line} />
      {limits.map((step) => (
        <line
          key={step.from}
          className="limit"
          x1={x(step.from)}
          x2={x(step.to)}
          y1={y(step.limit) - LID}
          y2={y(step.limit) - LID}
        />
      ))}
      {[top, top / 2].map((value) => (
        <text key={value} x="2" y={y(value) + 10}>
          {rateWords(value)}
        </text>
      ))}
      <line className="grid" x1="0" x2={WIDTH} y1={FLOOR} y2={FLOOR} />
      <text x="2" y={HEIGHT - 3}>
        90 s ago
      </text>
      <text x={WIDTH - 2} y={HEIGHT - 3} textAnchor="end">
        now
      </text>
    </svg>
  );
}

/** When which limit was in force; times without one are left out. */
function limitSteps(
  curve: readonly CurvePoint[],
  from: number,
  to: number,
): { from: number; to: number; limit: number }[] {
  return curve
    .map(({ at, limit }, index) => ({ from: Math.max(at, from), to: curve[index + 1]?.at ?? to, limit }))
    .filter((step) => step.limit >= 0 && step.to > step.from);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
