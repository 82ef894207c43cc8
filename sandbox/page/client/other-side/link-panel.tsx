import type { ReactNode } from 'react';
import type { OtherSide, ShownLink } from '../../page-state.ts';
import { bandsOf } from './bands.ts';
import { LinkChart } from './link-chart.tsx';
import { rateWords } from './rates.ts';

/** A link's wire as it really is: its capacity, and what the executions on it take of it. */
export function LinkPanel({ link, other }: { link: ShownLink; other: OtherSide }): ReactNode {
  const bands = bandsOf(link, other.executions);
  const used = bands.reduce((sum, { rate }) => sum + rate, 0);
  return (
    <section className="link-panel" aria-label={`Link ${link.name}`}>
      <details open>
        <summary>
          <h2>Link {link.name}</h2>{' '}
          <span>
            {rateWords(used)} of {rateWords(link.capacity)}
          </span>
        </summary>
        <LinkChart link={link} bands={bands} now={other.now} />
        <ul>
          {bands.map(({ name, colour, rate }) => (
            <li key={colour} className={`band-${colour}`}>
              {name} <b>{rateWords(rate)}</b>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
