import type { Link, Weekday, Window } from './link.ts';
import {
  DAY_MINUTES,
  type Due,
  dayOfDate,
  dueAt,
  dueBy,
  isoDate,
  type Span,
  spansOf,
  weekdayOf,
  windowAt,
} from './week.ts';
import { clockOffsetAt } from './zone-clock.ts';

/** An instant at which the timetable of a link moves on, and what is due from then on. */
export interface Change {
  at: Date;
  due: Due;
}

const MINUTE_MS = 60_000;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** The next instant at which the capacity of a link is another one; null: never. */
export function nextChange(link: Link, after: Date): Change | null {
  for (const change of changesIn(link, after, (window) => dueBy(link, window).capacity)) return change;
  return null;
}

/**
 * Each instant at which another window, or none, is in effect from then on, also where the capacity stays the same. It
 * goes on for as long as it is asked where the timetable has weekdays.
 */
export function changesOf(link: Link, after: Date): Generator<Change> {
  return changesIn(link, after, (window) => window);
}

function* changesIn(link: Link, after: Date, valueIn: (window: Window | null) => unknown): Generator<Change> {
  if (link.zone === null || link.timetable.length === 0) return;
  let value = valueIn(dueAt(link, after).window);
  for (const { at, window } of momentsOf(link.timetable, { zone: link.zone, after: after.getTime(), valueIn })) {
    if (valueIn(window) === value) continue;
    value = valueIn(window);
    yield { at: new Date(at), due: dueBy(link, window) };
  }
}

interface Moment {
  at: number;
  window: Window | null;
}

interface Walk {
  zone: string;
  after: number;
  valueIn: (window: Window | null) => unknown;
}

/**
 * In order, all instants at which the value may change: where a window begins or ends, and where the clock is changed.
 * Between two changes of the clock it runs evenly, so a time on it is found by adding the offset. What the clock skips
 * is never reached, and what it shows twice is reached twice.
 */
function* momentsOf(timetable: readonly Window[], { zone, after, valueIn }: Walk): Generator<Moment> {
  const days = daysOf(timetable, valueIn);
  let from = after;
  for (;;) {
    const { offset, until } = clockOffsetAt(from, zone);
    const wall = Math.floor((from + offset) / MINUTE_MS);
    const today = Math.floor(wall / DAY_MINUTES);
    yield { at: from, window: windowAt(days.spans(today), wall - today * DAY_MINUTES) };
    let day = days.nextFrom(today);
    while (day !== null && day * DAY_MS - offset < until) {
      const spans = days.spans(day);
      for (const minute of edgesOf(spans)) {
        const at = day * DAY_MS + minute * MINUTE_MS - offset;
        if (from < at && at < until) yield { at, window: windowAt(spans, minute) };
      }
      day = days.nextFrom(day + 1);
    }
    if (until === Number.POSITIVE_INFINITY) return;
    // The day on which the clock is changed may not be over: the change may even lead back to the day before.
    const next = days.nextFrom(Math.floor((until + offset) / DAY_MS) - 2);
    if (next === null) return;
    // Years may be left out. A day begins in some zones 14 hours before it begins in UTC.
    from = Math.max(until, (next - 2) * DAY_MS);
  }
}

interface Days {
  spans: (day: number) => Span[];
  /** The first day, this one included, on which the value may change; null: there is none any more. */
  nextFrom: (day: number) => number | null;
}

/**
 * Finds the windows of a day without going through all dates of all windows each time, and leaves out the days between
 * dates where weekdays never change the value: the next date may be years ahead.
 */
function daysOf(timetable: readonly Window[], valueIn: Walk['valueIn']): Days {
  const byDate = new Map<string, Window[]>();
  const byWeekday = new Map<Weekday, Window[]>();
  for (const window of timetable) {
    const { on } = window;
    if (on.kind === 'dates') for (const date of on.dates) add(byDate, date, window);
    else for (const day of on.days) add(byWeekday, day, window);
  }
  const onWeekday = (day: number) => byWeekday.get(weekdayOf(day)) ?? [];
  const spans = (day: number) => spansOf(day, (one) => [...(byDate.get(isoDate(one)) ?? []), ...onWeekday(one)]);

  const [usual, ...others] = new Set(
    [1, 2, 3, 4, 5, 6, 7].flatMap((day) => {
      const weekly = spansOf(day, onWeekday);
      return edgesOf(weekly).map((minute) => valueIn(windowAt(weekly, minute)));
    }),
  );
  if (others.length > 0) return { spans, nextFrom: (day) => day };
  const unusual = timetable.filter((window) => window.on.kind === 'dates' && valueIn(window) !== usual);
  const dates = new Set(unusual.flatMap(({ on }) => (on.kind === 'dates' ? on.dates : [])));
  // With the day after each: a window that ends with its day ends when the next one begins.
  const days = [...new Set(Array.from(dates, dayOfDate).flatMap((day) => [day, day + 1]))].sort((a, b) => a - b);
  return { spans, nextFrom: (from) => days.find((day) => day >= from) ?? null };
}

/** The minutes of a day at which another window may be in effect. */
function edgesOf(spans: readonly Span[]): number[] {
  const inside = spans.flatMap(({ from, to }) => [from, to]).filter((minute) => minute < DAY_MINUTES);
  return [...new Set([0, ...inside])].sort((a, b) => a - b);
}

function add<Key>(map: Map<Key, Window[]>, key: Key, window: Window): void {
  const windows = map.get(key);
  if (windows) windows.push(window);
  else map.set(key, [window]);
}
