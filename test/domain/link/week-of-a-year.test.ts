import { describe, expect, it } from 'vitest';
import type { Window } from '../../../src/domain/link/link.ts';
import { dueAt } from '../../../src/domain/link/week.ts';
import { dated, link, weekly } from './given-timetable.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  // Its clock is changed at midnight.
  'America/Santiago',
  // Its clock is changed by half an hour.
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  // Its clock is changed for Ramadan.
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'UTC',
];

/** With windows at the times at which clocks are changed; none overlaps another one but those on dates. */
const TIMETABLE = [
  weekly([1, 2, 3, 4, 5], '08:00–18:00', 1),
  weekly([5, 7], '22:00–06:00', 2),
  weekly([6], '23:30–24:00', 3),
  weekly([7], '00:00–00:30', 4),
  weekly([7], '01:15–01:45', 5),
  weekly([7], '02:10–02:50', 6),
  weekly([7], '02:50–03:20', 7),
  dated(['2026-12-24', '2026-12-25'], '00:00–24:00', 8),
  dated(['2026-12-30'], '20:00–04:00', 9),
  dated(['2026-03-29', '2026-10-25'], '01:20–02:30', 10),
];

const table = tableOf(TIMETABLE);

describe('every 29th minute of a year, and every minute of the days around a change of the clock,', () => {
  it.each(ZONES)('has what the table has for the time that a clock shows in %s', (zone) => {
    const of = link({ zone, timetable: TIMETABLE });
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    const seen = new Set<number>();
    const wrong: string[] = [];
    for (const minute of minutesOf(clock)) {
      const at = new Date(minute * MINUTE);
      const expected = table.get(clock.format(at)) ?? null;
      const due = dueAt(of, at);
      if (due.window !== expected) wrong.push(`${at.toISOString()}: ${due.capacity}, not ${expected?.capacity}`);
      seen.add(due.capacity);
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBe(TIMETABLE.length + 1);
  });
});

/** What each minute of the calendar has, as it is written; it knows nothing of instants, offsets and zones. */
function tableOf(timetable: readonly Window[]): Map<string, Window> {
  const table = new Map<string, Window>();
  const byKind = (kind: Window['on']['kind']) => timetable.filter(({ on }) => on.kind === kind);
  // The later ones write over the earlier ones.
  for (const window of [...byKind('weekdays'), ...byKind('dates')]) {
    const { on, from, to } = window;
    for (let day = Date.UTC(2025, 11, 30); day < Date.UTC(2027, 0, 3); day += DAY) {
      const date = new Date(day).toISOString().slice(0, 10);
      const weekday = new Date(day).toLocaleDateString('en', { timeZone: 'UTC', weekday: 'short' });
      const begins =
        on.kind === 'dates'
          ? on.dates.includes(date)
          : on.days.some((one) => ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][one - 1] === weekday);
      const length = begins ? (to - from + 1440) % 1440 || 1440 : 0;
      for (let minute = 0; minute < length; minute++) {
        table.set(new Date(day + (from + minute) * MINUTE).toISOString().slice(0, 16).replace('T', ' '), window);
      }
    }
  }
  return table;
}

function* minutesOf(clock: Intl.DateTimeFormat): Generator<number> {
  const noonOf = (day: number) => clock.format(new Date(day + DAY / 2)).slice(-5);
  for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2027, 0, 1); day += DAY) {
    const isChanged = noonOf(day - 2 * DAY) !== noonOf(day + 2 * DAY);
    const first = day / MINUTE;
    // A week is no multiple of 29 minutes, so within 29 weeks each of its minutes has its turn.
    for (let minute = first; minute < first + 1440; minute++) if (isChanged || minute % 29 === 0) yield minute;
  }
}
