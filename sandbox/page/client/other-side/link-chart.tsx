import type { ReactNode } from 'react';
import type { ShownLink } from '../../page-state.ts';
import type { Band } from './bands.ts';
import { rateWords } from './rates.ts';
import { type Moment, stackedRates } from './stacked-rates.ts';

const WIDTH = 360;
const HEIGHT = 84;
const FLOOR = HEIGHT - 14;
const WINDOW_MS = 180_000;
/** So much room is above the capacity, of what it takes itself. */
const HEADROOM = 0.25;

/** The rates of the last three minutes, one upon the other, under the line that is the capacity. */
export function LinkChart({ link, bands, now }: { link: ShownLink; bands: readonly Band[]; now: number }): ReactNode {
  const { name, capacity } = link;
  const from = now - WINDOW_MS;
  const curves = bands.map((band) => band.curves);
  const moments = stackedRates(curves, from, now);
  const x = (at: number): number => round(((at - from) / WINDOW_MS) * WIDTH);
  const y = (value: number): number => round(FLOOR - (value / (capacity * (1 + HEADROOM))) * FLOOR);
  const shares = bands.map((band) => `${band.name} ${rateWords(band.rate)}`).join(', ');
  return (
    <svg
      className="curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${name}: capacity ${rateWords(capacity)}; ${shares}`}
    >
      {bands.map(({ colour }, index) => (
        <polygon key={colour} className={`band band-${colour}`} points={outline(moments, index, x, y)} />
      ))}
      <line className="grid" x1="0" x2={WIDTH} y1={FLOOR} y2={FLOOR} />
      <line className="limit" x1="0" x2={WIDTH} y1={y(capacity)} y2={y(capacity)} />
      <text x="2" y={y(capacity) - 4}>
        capacity {rateWords(capacity)}
      </text>
      <text x="2" y={HEIGHT - 3}>
        3 min ago
      </text>
      <text x={WIDTH - 2} y={HEIGHT - 3} textAnchor="end">
        now
      </text>
    </svg>
  );
}

type Scale = (value: number) => number;

/** Around one band: there along its upper edge, back along its lower one, both in steps. */
function outline(moments: readonly Moment[], index: number, x: Scale, y: Scale): string {
  const edge = (bands: number): string[] =>
    moments.slice(0, -1).flatMap(({ at, rates }, nth) => {
      const height = y(rates.slice(0, bands).reduce((sum, rate) => sum + rate, 0));
      return [`${x(at)},${height}`, `${x(moments[nth + 1]?.at ?? at)},${height}`];
    });
  return [...edge(index + 1), ...edge(index).reverse()].join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
