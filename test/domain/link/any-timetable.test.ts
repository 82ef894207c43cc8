import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Link, Weekday, Window } from '../../../src/domain/link/link.ts';
import { type Change, changesOf, nextChange } from '../../../src/domain/link/next-change.ts';
import { dueAt } from '../../../src/domain/link/week.ts';
import { link, USUAL } from './given-timetable.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const EVERY_DAY: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

describe('the changes of any timetable', () => {
  it('are those that a look at every minute finds, around changes of the clock, whatever the timetable', () => {
    fc.assert(
      fc.property(timetables, starts, (timetable, { zone, after }) => {
        const of = link({ zone, timetable });
        const until = after + 2 * DAY;
        const seen = scanned(of, after, until);
        expect(upTo(until, changesOf(of, new Date(after)))).toEqual(seen.map(written));

        const { capacity } = dueAt(of, new Date(after));
        const first = seen.find(({ due }) => due.capacity !== capacity);
        const change = nextChange(of, new Date(after));
        const isSeen = change !== null && change.at.getTime() < until;
        expect(isSeen ? written(change) : null).toEqual(first ? written(first) : null);
      }),
      { numRuns: 50 },
    );
  });
});

/** Around the times at which clocks are changed, so that many are met. */
const clocks = fc.oneof(
  fc.integer({ min: 0, max: 1439 }),
  fc.constantFrom(0, 15, 30, 60, 90, 105, 120, 130, 150, 165, 180, 225, 1380, 1410),
);
const capacities = fc.constantFrom(1, 2, USUAL);
const weekdays = fc.uniqueArray(fc.constantFrom(...EVERY_DAY), { minLength: 1, maxLength: 7 });
const dates = fc.uniqueArray(
  fc.constantFrom(...['03-28', '03-29', '10-24', '10-25', '04-04', '04-05', '11-01'].map((day) => `2026-${day}`)),
  { minLength: 1, maxLength: 3 },
);
const windows: fc.Arbitrary<Window> = fc.record({
  on: fc.oneof(
    weekdays.map((days) => ({ kind: 'weekdays' as const, days })),
    dates.map((list) => ({ kind: 'dates' as const, dates: list })),
  ),
  from: clocks,
  to: fc.oneof(clocks, fc.constant(1440)),
  capacity: capacities,
});
const timetables = fc.array(windows, { minLength: 1, maxLength: 5 });
const starts = fc
  .tuple(
    fc.constantFrom(
      ['Europe/Berlin', '2026-03-29'],
      ['Europe/Berlin', '2026-10-25'],
      ['America/New_York', '2026-11-01'],
      ['Australia/Lord_Howe', '2026-04-05'],
      ['Australia/Lord_Howe', '2026-10-04'],
      ['America/Santiago', '2026-04-05'],
      ['America/Santiago', '2026-09-06'],
      ['Africa/Casablanca', '2026-02-15'],
      ['Africa/Casablanca', '2026-03-22'],
      ['Asia/Kolkata', '2026-03-29'],
      ['UTC', '2026-10-25'],
    ),
    fc.integer({ min: -DAY, max: DAY }),
  )
  .map(([[zone = '', date = ''], shift]) => ({ zone, after: Date.parse(date) + shift }));

function scanned(of: Link, after: number, until: number): Change[] {
  const found: Change[] = [];
  let before = dueAt(of, new Date(after));
  for (let at = (Math.floor(after / MINUTE) + 1) * MINUTE; at < until; at += MINUTE) {
    const due = dueAt(of, new Date(at));
    if (due.window !== before.window) found.push({ at: new Date(at), due });
    before = due;
  }
  return found;
}

function upTo(until: number, changes: Iterable<Change>): string[] {
  const found: string[] = [];
  for (const change of changes) {
    if (change.at.getTime() >= until) break;
    found.push(written(change));
  }
  return found;
}

function written({ at, due }: Change): string {
  return `${at.toISOString()} ${due.capacity}`;
}
