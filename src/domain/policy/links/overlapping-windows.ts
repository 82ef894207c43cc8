import type { Window } from '../../link/link.ts';
import { DAY_MINUTES, dayOfDate } from '../../link/week.ts';

/** In minutes. */
export const WEEK = 7 * DAY_MINUTES;

/** When a window is, without what it allows. */
export type WindowTimes = Pick<Window, 'on' | 'from' | 'to'>;

/** One occurrence of a window in minutes; the end is not part of it. */
export interface Span {
  /** Of the timetable. */
  index: number;
  start: number;
  end: number;
}

/** A window of the timetable that overlaps an earlier one. */
export interface Overlap {
  index: number;
  earlier: number;
}

/**
 * The windows that overlap an earlier one, each once. Weekdays are compared with weekdays, and dates with dates: a date goes
 * before a weekday. Null: not compared.
 */
export function overlaps(timetable: readonly (WindowTimes | null)[]): Overlap[] {
  const found = new Map<number, number>();
  for (const spans of [weekSpans(timetable), dateSpans(timetable)]) {
    for (const [one, other] of overlappingPairs(spans)) {
      const [earlier, index] = [Math.min(one, other), Math.max(one, other)];
      // The same date twice in one window is a fault of its own.
      if (earlier === index) continue;
      found.set(index, Math.min(earlier, found.get(index) ?? earlier));
    }
  }
  return [...found].map(([index, earlier]) => ({ index, earlier })).sort((one, other) => one.index - other.index);
}

/** When the windows of weekdays occur, in minutes since Monday 00:00. What goes over the end of the week is in two parts. */
export function weekSpans(timetable: readonly (WindowTimes | null)[]): Span[] {
  return timetable.flatMap((window, index): Span[] => {
    if (window?.on.kind !== 'weekdays') return [];
    return window.on.days.flatMap((day): Span[] => {
      const start = (day - 1) * DAY_MINUTES + window.from;
      const end = start + lengthOf(window);
      return end <= WEEK
        ? [{ index, start, end }]
        : [
            { index, start, end: WEEK },
            { index, start: 0, end: end - WEEK },
          ];
    });
  });
}

/** When the windows of dates occur, in minutes since 1970-01-01 00:00 of the calendar. */
export function dateSpans(timetable: readonly (WindowTimes | null)[]): Span[] {
  return timetable.flatMap((window, index): Span[] => {
    if (window?.on.kind !== 'dates') return [];
    return window.on.dates.map((date) => {
      const start = dayOfDate(date) * DAY_MINUTES + window.from;
      return { index, start, end: start + lengthOf(window) };
    });
  });
}

function lengthOf({ from, to }: WindowTimes): number {
  return to > from ? to - from : to + DAY_MINUTES - from;
}

/** Pairs of indexes, at least one for each span that overlaps another. */
function overlappingPairs(spans: readonly Span[]): [number, number][] {
  const sorted = spans.toSorted((one, other) => one.start - other.start);
  const pairs: [number, number][] = [];
  let latest: Span | null = null;
  for (const span of sorted) {
    if (latest !== null && span.start < latest.end) pairs.push([latest.index, span.index]);
    if (latest === null || span.end > latest.end) latest = span;
  }
  return pairs;
}
