import type { Terms } from '../src/domain/link/division/divide.ts';
import { type Outcome, type Scenario, simulate, WEEK_SECONDS } from './links/simulate.ts';
import { quantile } from './row.ts';
import { writeBetweenMarks } from './table.ts';

const PAGE = new URL('../docs/links.md', import.meta.url);
/** 800 Mbit/s. */
const CAPACITY = 100_000_000;
const HEADROOM = 0.05;
/** A floor is this part of an even share. */
const FLOOR = 0.1;
const SIZES = [3, 20, 100];
const SEED = 20;

interface Size {
  tasks: number;
  divided: Outcome;
  equal: Outcome;
  alike: Outcome;
  alikeEqual: Outcome;
}

interface Line {
  what: string;
  figure: (size: Size) => string;
  wanted?: { text: string; isMet: (size: Size) => boolean };
}

const LINES: readonly Line[] = [
  { what: 'executions that moved all their bytes', figure: ({ divided }) => String(divided.tally.completed) },
  { what: 'the same with a fixed equal split', figure: ({ equal }) => String(equal.tally.completed) },
  {
    what: 'moved, of the best that perfect knowledge could',
    figure: ({ divided }) => percent(divided.tally.moved / divided.tally.best),
    wanted: { text: '≥ 90 %', isMet: ({ divided }) => divided.tally.moved >= 0.9 * divided.tally.best },
  },
  {
    what: 'moved, against a fixed equal split',
    figure: ({ divided, equal }) => more(divided.tally.moved / equal.tally.moved),
    wanted: { text: '> 0 %', isMet: ({ divided, equal }) => divided.tally.moved > equal.tally.moved },
  },
  {
    what: 'against what an equal split would let through in the same seconds, the worst day',
    figure: ({ divided }) => more(divided.tally.worstDay),
    wanted: { text: '≥ -1 %', isMet: ({ divided }) => divided.tally.worstDay >= 0.99 },
  },
  {
    what: 'all needs alike: moved, of the best',
    figure: ({ alike }) => percent(alike.tally.moved / alike.tally.best),
    wanted: { text: '≥ 90 %', isMet: ({ alike }) => alike.tally.moved >= 0.9 * alike.tally.best },
  },
  {
    what: 'all needs alike: moved, against a fixed equal split',
    figure: ({ alike, alikeEqual }) => more(alike.tally.moved / alikeEqual.tally.moved),
    wanted: { text: '≥ -1 %', isMet: ({ alike, alikeEqual }) => alike.tally.moved >= 0.99 * alikeEqual.tally.moved },
  },
  {
    what: 'all needs alike: the worst day, in the same seconds',
    figure: ({ alike }) => more(alike.tally.worstDay),
    wanted: { text: '≥ -1 %', isMet: ({ alike }) => alike.tally.worstDay >= 0.99 },
  },
  {
    what: 'seconds in which the limits in effect were above the capacity',
    figure: ({ divided, alike }) => String(divided.tally.aboveByLimits + alike.tally.aboveByLimits),
    wanted: { text: '0', isMet: ({ divided, alike }) => divided.tally.aboveByLimits + alike.tally.aboveByLimits === 0 },
  },
  {
    what: 'seconds above it by executions whose first limit had no effect yet',
    figure: ({ divided }) => `${divided.tally.aboveByStarts} (${percent(divided.tally.aboveByStarts / WEEK_SECONDS)})`,
  },
  {
    what: 'changes an hour and execution: mean, most',
    figure: ({ divided }) => `${divided.changes.mean.toFixed(1)}, ${divided.changes.most}`,
    wanted: { text: '≤ 12', isMet: ({ divided }) => divided.changes.most <= 12 },
  },
  {
    what: 'AWS calls a second: mean, busiest minute',
    figure: ({ divided }) => `${divided.calls.mean.toFixed(2)}, ${divided.calls.most.toFixed(2)}`,
    wanted: { text: '≤ 1 in the mean', isMet: ({ divided }) => divided.calls.mean <= 1 },
  },
  {
    what: 'moved by an execution, of what exact shares would have let it: median, lowest 5 %',
    figure: ({ divided }) =>
      `${percent(quantile(divided.tally.ofExact, 0.5))}, ${percent(quantile(divided.tally.ofExact, 0.05))}`,
  },
];

/** A simulated week on a link, for several numbers of executions; the same figures at each run. Exit 1 where one is missed. */
export async function bench(): Promise<number> {
  const sizes = SIZES.map((tasks) => {
    process.stderr.write(`${tasks} executions …\n`);
    return weekOf(tasks);
  });
  const rows = LINES.map(({ what, figure, wanted }) => {
    const isMet = wanted ? sizes.every(wanted.isMet) : null;
    return {
      cells: [what, ...sizes.map(figure), wanted?.text ?? '', isMet === null ? '' : isMet ? 'yes' : 'no'],
      isMet,
    };
  });
  const head = ['', ...SIZES.map((tasks) => `${tasks} tasks`), 'wanted', 'met'];
  const lines = [head, head.map(() => '---'), ...rows.map(({ cells }) => cells)];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  process.stdout.write(table);
  await writeBetweenMarks(PAGE, `\n${table}`);
  return rows.every(({ isMet }) => isMet !== false) ? 0 : 1;
}

function weekOf(tasks: number): Size {
  const budget = CAPACITY * (1 - HEADROOM);
  const floor = Math.floor((FLOOR * budget) / tasks);
  const terms: Terms = { capacity: CAPACITY, headroom: HEADROOM, floor, grantsCapped: false };
  const week = (one: Pick<Scenario, 'needs' | 'limits'>) => simulate({ tasks, seed: SEED, terms, ...one });
  return {
    tasks,
    divided: week({ needs: 'differing', limits: 'divided' }),
    equal: week({ needs: 'differing', limits: 'equal' }),
    alike: week({ needs: 'alike', limits: 'divided' }),
    alikeEqual: week({ needs: 'alike', limits: 'equal' }),
  };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function more(value: number): string {
  return `${value >= 1 ? '+' : ''}${(100 * (value - 1)).toFixed(1)} %`;
}
