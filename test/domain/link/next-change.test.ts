import { describe, expect, it } from 'vitest';
import type { Weekday, Window } from '../../../src/domain/link/link.ts';
import { type Change, changesOf, nextChange } from '../../../src/domain/link/next-change.ts';
import { dated, link, USUAL, weekly } from './given-timetable.ts';

const DAY = 86_400_000;
const office = weekly([1, 2, 3, 4, 5], '08:00–18:00', 200);
const EVERY_DAY: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

function next(timetable: Window[], after: string, zone?: string): [string, number] | null {
  const change = nextChange(link({ timetable, zone: zone ?? 'Europe/Berlin' }), new Date(after));
  return change && [change.at.toISOString(), change.due.capacity];
}

describe('the next change of the capacity', () => {
  it('never comes without a timetable', () => {
    expect(nextChange(link({ zone: null }), new Date())).toBeNull();
    expect(nextChange(link(), new Date())).toBeNull();
  });

  it.each([
    ['2026-12-01T06:59:59.999Z', '2026-12-01T07:00:00.000Z', 200, 'a window begins'],
    ['2026-12-01T07:00:00.000Z', '2026-12-01T17:00:00.000Z', USUAL, 'a window that has just begun ends'],
    ['2026-12-04T17:00:00.000Z', '2026-12-07T07:00:00.000Z', 200, 'over the weekend'],
    ['2026-03-27T18:00:00.000Z', '2026-03-30T06:00:00.000Z', 200, 'over the change of the clock'],
  ])('after %s comes at %s (%d: %s)', (after, at, capacity) => {
    expect(next([office], after)).toEqual([at, capacity]);
  });

  it('says what is due then and why', () => {
    const change = nextChange(link({ timetable: [office] }), new Date('2026-12-01T00:00:00Z'));
    expect(change?.due).toEqual({ capacity: 200, cause: 'window', window: office });
  });

  it('passes over windows with the same capacity', () => {
    const timetable = [weekly([1], '08:00–12:00', 5), weekly([1], '12:00–18:00', 5)];
    expect(next(timetable, '2026-12-07T07:00:00Z')).toEqual(['2026-12-07T17:00:00.000Z', USUAL]);
  });

  it('may be a date nine months ahead, where the weeks until then change nothing', () => {
    const timetable = [weekly([1, 2, 3, 4, 5], '08:00–18:00', USUAL), dated(['2027-08-30'], '06:00–08:00', 9)];
    expect(next(timetable, '2026-11-29T10:00:00Z')).toEqual(['2027-08-30T04:00:00.000Z', 9]);
    expect(next(timetable, '2027-08-30T04:00:00Z')).toEqual(['2027-08-30T06:00:00.000Z', USUAL]);
    expect(next(timetable, '2027-08-30T06:00:00Z')).toBeNull();
  });

  it('may be many years ahead, in summer and in winter', () => {
    for (const [date, at] of [
      ['2056-07-03', '2056-07-02T22:00:00.000Z'],
      ['2056-12-24', '2056-12-23T23:00:00.000Z'],
    ] as const) {
      expect(next([dated([date], '00:00–24:00', 9)], '2026-11-29T10:00:00Z')).toEqual([at, 9]);
    }
  });

  it('is that of the weekdays once the last date is past', () => {
    const timetable = [office, dated(['2025-12-24', '2026-01-01'], '00:00–24:00', -1)];
    expect(next(timetable, '2026-11-29T10:00:00Z')).toEqual(['2026-11-30T07:00:00.000Z', 200]);
  });

  it('never comes once the last date is past and there are no weekdays', () => {
    const timetable = [dated(['2025-12-24', '2026-01-01'], '00:00–24:00', -1)];
    expect(next(timetable, '2026-01-01T22:59:00Z')).toEqual(['2026-01-01T23:00:00.000Z', USUAL]);
    expect(next(timetable, '2026-01-01T23:00:00Z')).toBeNull();
  });

  it('comes at the end of a date’s night, on the day after', () => {
    expect(next([dated(['2026-12-31'], '20:00–10:00', 9)], '2026-12-31T20:00:00Z')).toEqual([
      '2027-01-01T09:00:00.000Z',
      USUAL,
    ]);
  });

  it('never comes where a window lasts all the time, or has the capacity of the link', () => {
    expect(next([weekly(EVERY_DAY, '00:00–24:00', 5)], '2026-11-29T10:00:00Z')).toBeNull();
    expect(next([weekly(EVERY_DAY, '09:00–09:00', 5)], '2026-11-29T10:00:00Z')).toBeNull();
    expect(next([weekly([3], '08:00–18:00', USUAL)], '2026-11-29T10:00:00Z')).toBeNull();
  });

  it('comes at the end of a window with the link’s capacity that was an exception to another one', () => {
    const timetable = [weekly(EVERY_DAY, '00:00–24:00', 5), dated(['2026-12-24'], '10:00–12:00', USUAL)];
    expect(next(timetable, '2026-11-29T10:00:00Z')).toEqual(['2026-12-24T09:00:00.000Z', USUAL]);
    expect(next(timetable, '2026-12-24T09:00:00Z')).toEqual(['2026-12-24T11:00:00.000Z', 5]);
    expect(next(timetable, '2026-12-24T11:00:00Z')).toBeNull();
  });
});

describe('when the clock is changed', () => {
  it('a window that would end in the skipped hour ends at the change, and one that would begin in it begins then', () => {
    expect(next([weekly([7], '01:30–02:30', 5)], '2026-03-29T00:30:00Z')).toEqual(['2026-03-29T01:00:00.000Z', USUAL]);
    expect(next([weekly([7], '02:30–03:30', 5)], '2026-03-28T00:00:00Z')).toEqual(['2026-03-29T01:00:00.000Z', 5]);
  });

  it('a window in the skipped hour takes place a week later', () => {
    expect(next([weekly([7], '02:10–02:50', 5)], '2026-03-28T00:00:00Z')).toEqual(['2026-04-05T00:10:00.000Z', 5]);
    expect(next([dated(['2026-03-29'], '02:10–02:50', 5)], '2026-03-28T00:00:00Z')).toBeNull();
  });

  it('a window in the repeated hour takes place twice', () => {
    const twice = link({ timetable: [dated(['2026-10-25'], '02:10–02:50', 5)] });
    expect(Array.from(changesOf(twice, new Date('2026-10-24T00:00:00Z')), written)).toEqual([
      '2026-10-25T00:10:00.000Z 5',
      `2026-10-25T00:50:00.000Z ${USUAL}`,
      '2026-10-25T01:10:00.000Z 5',
      `2026-10-25T01:50:00.000Z ${USUAL}`,
    ]);
  });

  it('a window of that day ends on it, also where the next date is months ahead', () => {
    const timetable = [dated(['2026-10-25', '2026-12-24'], '20:00–22:00', 5)];
    expect(Array.from(changesOf(link({ timetable }), new Date('2026-10-24T00:00:00Z')), written)).toEqual([
      '2026-10-25T19:00:00.000Z 5',
      `2026-10-25T21:00:00.000Z ${USUAL}`,
      '2026-12-24T19:00:00.000Z 5',
      `2026-12-24T21:00:00.000Z ${USUAL}`,
    ]);
  });

  it('at midnight, the last half hour of a date takes place twice', () => {
    const twice = link({ zone: 'America/Santiago', timetable: [dated(['2026-04-04'], '23:30–24:00', 5)] });
    expect(Array.from(changesOf(twice, new Date('2026-04-03T00:00:00Z')), written)).toEqual([
      '2026-04-05T02:30:00.000Z 5',
      `2026-04-05T03:00:00.000Z ${USUAL}`,
      '2026-04-05T03:30:00.000Z 5',
      `2026-04-05T04:00:00.000Z ${USUAL}`,
    ]);
  });

  it('over a day that an island left out, the day before is followed by the day after', () => {
    const apia = link({
      zone: 'Pacific/Apia',
      timetable: [dated(['2011-12-29', '2011-12-30'], '00:00–24:00', 5), dated(['2011-12-31'], '00:00–24:00', 6)],
    });
    expect(Array.from(changesOf(apia, new Date('2011-12-28T00:00:00Z')), written)).toEqual([
      '2011-12-29T10:00:00.000Z 5',
      '2011-12-30T10:00:00.000Z 6',
      `2011-12-31T10:00:00.000Z ${USUAL}`,
    ]);
  });
});

describe('the changes of the window', () => {
  it('are also those at which the capacity stays the same', () => {
    const timetable = [weekly([1], '08:00–12:00', 5), weekly([1], '12:00–18:00', 5)];
    const changes = changesOf(link({ timetable }), new Date('2026-12-07T00:00:00Z'));
    expect(take(4, changes).map(written)).toEqual([
      '2026-12-07T07:00:00.000Z 5',
      '2026-12-07T11:00:00.000Z 5',
      `2026-12-07T17:00:00.000Z ${USUAL}`,
      '2026-12-14T07:00:00.000Z 5',
    ]);
  });

  it('are not at a midnight at which the same window goes on', () => {
    const timetable = [weekly([6, 7], '00:00–24:00', 5)];
    const changes = changesOf(link({ timetable }), new Date('2026-12-04T00:00:00Z'));
    expect(take(2, changes).map(written)).toEqual(['2026-12-04T23:00:00.000Z 5', `2026-12-06T23:00:00.000Z ${USUAL}`]);
  });
});

describe('the longest timetable', () => {
  it('is gone through to its end where nothing ever changes', () => {
    const dates = Array.from({ length: 366 }, (_, day) =>
      new Date(Date.UTC(2027, 0, 1) + day * DAY).toISOString().slice(0, 10),
    );
    const clock = (minute: number) => `${Math.floor(minute / 60)}:${minute % 60}`;
    const windows = Array.from({ length: 100 }, (_, index) =>
      dated(dates, `${clock(index * 14)}–${clock(index * 14 + 14)}`, USUAL),
    );
    expect(next(windows, '2026-11-29T10:00:00Z')).toBeNull();
    expect(next([...windows, dated(['2099-01-01'], '00:00–24:00', 1)], '2026-11-29T10:00:00Z')?.[1]).toBe(1);
  });
});

function take(count: number, changes: Generator<Change>): Change[] {
  return Array.from({ length: count }, () => changes.next().value);
}

function written({ at, due }: Change): string {
  return `${at.toISOString()} ${due.capacity}`;
}
