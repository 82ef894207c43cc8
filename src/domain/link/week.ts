import { wallTimeOf } from '../time/wall-time.ts';
import type { Link, Weekday, Window } from './link.ts';

/** What the executions of a link may use, and why: by a window of its timetable, or by the link's own capacity. */
export interface Due {
  capacity: number;
  cause: 'window' | 'capacity';
  window: Window | null;
}

/** A part of one day that a window covers, in minutes since midnight; it ends before `to`. */
export interface Span {
  from: number;
  to: number;
  window: Window;
}

export const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * 60_000;

/**
 * The capacity of a link at an instant. The instant is looked up by the time that a clock in the link's zone shows then,
 * of which there is always exactly one. So a window that lies in the hour that the clock skips never begins, and one in
 * the hour that it shows twice begins twice.
 */
export function dueAt(link: Link, at: Date): Due {
  const { zone, timetable } = link;
  if (zone === null || timetable.length === 0) return dueBy(link, null);
  const wall = wallTimeOf(at, zone);
  const today = Date.UTC(wall.year, wall.month - 1, wall.day) / DAY_MS;
  const spans = spansOf(today, (day) => timetable.filter((window) => beginsOn(window, day)));
  return dueBy(link, windowAt(spans, wall.hour * 60 + wall.minute));
}

/** The capacity while a window is in effect; null: while none is. */
export function dueBy({ capacity }: Link, window: Window | null): Due {
  return window === null
    ? { capacity, cause: 'capacity', window }
    : { capacity: window.capacity, cause: 'window', window };
}

/** What windows cover of a day, given those that begin on a day. The first span that covers a minute counts there. */
export function spansOf(day: number, beginningOn: (day: number) => readonly Window[]): Span[] {
  const begunToday = beginningOn(day).map((window) => ({
    from: window.from,
    to: passesMidnight(window) ? DAY_MINUTES : window.to,
    window,
  }));
  const begunTheDayBefore = beginningOn(day - 1)
    .filter(passesMidnight)
    .map((window) => ({ from: 0, to: window.to, window }));
  const spans = [...begunToday, ...begunTheDayBefore];
  return [
    ...spans.filter(({ window }) => window.on.kind === 'dates'),
    ...spans.filter(({ window }) => window.on.kind === 'weekdays'),
  ];
}

export function windowAt(spans: readonly Span[], minute: number): Window | null {
  return spans.find(({ from, to }) => from <= minute && minute < to)?.window ?? null;
}

// Days of the calendar are counted from 1 January 1970, so that the one before and the weekday are simple to find.

/** The number of a day such as `2026-12-24`. */
export function dayOfDate(date: string): number {
  return Date.parse(date) / DAY_MS;
}

export function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function weekdayOf(day: number): Weekday {
  return (new Date(day * DAY_MS).getUTCDay() || 7) as Weekday;
}

function beginsOn({ on }: Window, day: number): boolean {
  return on.kind === 'dates' ? on.dates.includes(isoDate(day)) : on.days.includes(weekdayOf(day));
}

function passesMidnight({ from, to }: Window): boolean {
  return to <= from;
}
