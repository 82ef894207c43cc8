import { formatRate } from '../rate/rate.ts';
import type { Link, Weekday, Window } from './link.ts';
import { DAY_MINUTES, dayOfDate, isoDate } from './week.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** A list of dates with more parts than this is shortened. */
const MAX_PARTS = 4;

/** A window for display: `Mon–Fri 08:00–18:00`, `24–26 Dec, 31 Dec 00:00–24:00`; with years where there are several. */
export function windowWords(window: Window): string {
  const { on } = window;
  const isOneYear = on.kind === 'dates' && new Set(on.dates.map((date) => date.slice(0, 4))).size === 1;
  return words(window, { withYears: !isOneYear });
}

/**
 * The timetable of a link for display, a line each: the windows on weekdays, those on dates, which count before them, and
 * the capacity outside all of them.
 */
export function weekWords({ timetable, capacity }: Link): string[] {
  const first = ({ on, from }: Window) =>
    (on.kind === 'weekdays' ? Math.min(...on.days) : earliest(on.dates)) * DAY_MINUTES + from;
  const ordered = [...timetable].sort((a, b) => first(a) - first(b));
  const lines = (kind: Window['on']['kind']) =>
    ordered
      .filter(({ on }) => on.kind === kind)
      // A date of last year would look like one to come.
      .map((window) => `${words(window, { withYears: true })}: ${formatRate(window.capacity)}`);
  const others = timetable.length === 0 ? 'Always' : 'Otherwise';
  return [...lines('weekdays'), ...lines('dates'), `${others}: ${formatRate(capacity)}`];
}

function words({ on, from, to }: Window, { withYears }: { withYears: boolean }): string {
  // Midnight at the end of a day is written 24:00, also where the policy says 00:00.
  const clock = `${clockWords(from)}–${clockWords(to === 0 ? DAY_MINUTES : to)}`;
  const nextDay = from === to && to !== 0 ? ' the next day' : '';
  if (on.kind === 'weekdays') return `${weekdaysWords(on.days)} ${clock}${nextDay}`;
  return `${datesWords(on.dates, withYears)} ${clock}${nextDay}`;
}

function weekdaysWords(days: readonly Weekday[]): string {
  const name = (day: number) => WEEKDAYS[day - 1] ?? '';
  return runsOf(days)
    .map(([first, last]) => (first === last ? name(first) : `${name(first)}–${name(last)}`))
    .join(', ');
}

function datesWords(dates: readonly string[], withYears: boolean): string {
  const runs = runsOf(dates.map(dayOfDate));
  const shown = runs.length > MAX_PARTS ? runs.slice(0, MAX_PARTS - 1) : runs;
  const text = shown.map((run) => runWords(run, withYears)).join(', ');
  const left = runs.slice(shown.length).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return left === 0 ? text : `${text} and ${left} more dates,`;
}

function runWords([first, last]: Run, withYears: boolean): string {
  const [from, to] = [dateParts(first), dateParts(last)];
  const year = withYears ? ` ${to.year}` : '';
  if (first === last) return `${to.day} ${to.month}${year}`;
  if (from.year !== to.year && withYears)
    return `${from.day} ${from.month} ${from.year} – ${to.day} ${to.month}${year}`;
  if (from.month !== to.month) return `${from.day} ${from.month} – ${to.day} ${to.month}${year}`;
  return `${from.day}–${to.day} ${to.month}${year}`;
}

function dateParts(day: number): { year: string; month: string; day: number } {
  const [year = '', month = '', date = ''] = isoDate(day).split('-');
  return { year, month: MONTHS[Number(month) - 1] ?? '', day: Number(date) };
}

type Run = readonly [first: number, last: number];

/** Numbers in order, those that follow one another taken together. */
function runsOf(numbers: readonly number[]): Run[] {
  const runs: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/** A time of day, from minutes since midnight. */
export function clockWords(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function earliest(dates: readonly string[]): number {
  return Math.min(...dates.map(dayOfDate));
}
