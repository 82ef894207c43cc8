import { describe, expect, it } from 'vitest';
import { dueAt } from '../../../src/domain/link/week.ts';
import { BERLIN, dated, link, USUAL, weekly } from './given-timetable.ts';

const office = weekly([1, 2, 3, 4, 5], '08:00–18:00', 200_000);

function capacityAt(timetable: Parameters<typeof link>[0], instant: string): number {
  return dueAt(link(timetable), new Date(instant)).capacity;
}

describe('the capacity of a link', () => {
  it('is its own where there is no timetable', () => {
    const due = { capacity: USUAL, cause: 'capacity', window: null };
    expect(dueAt(link({ zone: null }), new Date('2026-12-01T10:00:00Z'))).toEqual(due);
    expect(dueAt(link(), new Date('2026-12-01T10:00:00Z'))).toEqual(due);
  });

  it('is the window’s from its first millisecond to its last, and its own before and after', () => {
    const of = (instant: string) => dueAt(link({ timetable: [office] }), new Date(instant));
    const inside = { capacity: 200_000, cause: 'window', window: office };
    const outside = { capacity: USUAL, cause: 'capacity', window: null };
    expect(of('2026-12-01T06:59:59.999Z')).toEqual(outside);
    expect(of('2026-12-01T07:00:00.000Z')).toEqual(inside);
    expect(of('2026-12-01T16:59:59.999Z')).toEqual(inside);
    expect(of('2026-12-01T17:00:00.000Z')).toEqual(outside);
  });

  it.each([
    ['2026-07-01T06:00:00Z', 200_000, 'Wednesday 08:00 in summer'],
    ['2026-12-05T10:00:00Z', USUAL, 'Saturday'],
    ['2026-12-06T10:00:00Z', USUAL, 'Sunday'],
    ['2026-12-07T10:00:00Z', 200_000, 'Monday'],
  ])('follows the days of the zone: %s is %d (%s)', (instant, capacity) => {
    expect(capacityAt({ timetable: [office] }, instant)).toBe(capacity);
  });

  it('is on the weekday of the zone, not of UTC', () => {
    const mondays = { zone: 'Asia/Kolkata', timetable: [weekly([1], '00:00–24:00', 5)] };
    expect(capacityAt(mondays, '2026-12-06T18:29:59Z')).toBe(USUAL);
    expect(capacityAt(mondays, '2026-12-06T18:30:00Z')).toBe(5);
    expect(capacityAt(mondays, '2026-12-07T18:29:59Z')).toBe(5);
    expect(capacityAt(mondays, '2026-12-07T18:30:00Z')).toBe(USUAL);
  });

  it('is also that of a window of the day before which goes on past midnight: Sunday night into Monday', () => {
    const nights = { timetable: [weekly([7], '22:00–06:00', 7)] };
    expect(capacityAt(nights, '2026-12-06T20:59:00Z')).toBe(USUAL);
    expect(capacityAt(nights, '2026-12-06T21:00:00Z')).toBe(7);
    expect(capacityAt(nights, '2026-12-07T04:59:00Z')).toBe(7);
    expect(capacityAt(nights, '2026-12-07T05:00:00Z')).toBe(USUAL);
    expect(capacityAt(nights, '2026-12-06T03:00:00Z'), 'the night before').toBe(USUAL);
  });

  it('is that of a date also past its midnight', () => {
    const newYear = { timetable: [office, dated(['2026-12-31'], '20:00–10:00', 9)] };
    expect(capacityAt(newYear, '2026-12-31T19:00:00Z')).toBe(9);
    expect(capacityAt(newYear, '2027-01-01T08:59:00Z'), 'Friday 09:59').toBe(9);
    expect(capacityAt(newYear, '2027-01-01T09:00:00Z'), 'Friday 10:00').toBe(200_000);
  });

  it('ends with the day at 24:00, and also at 00:00', () => {
    for (const clock of ['18:00–24:00', '18:00–00:00']) {
      const evening = { timetable: [weekly([2], clock, 3)] };
      expect(capacityAt(evening, '2026-12-01T22:59:00Z'), clock).toBe(3);
      expect(capacityAt(evening, '2026-12-01T23:00:00Z'), clock).toBe(USUAL);
    }
  });

  it('is that of a whole day and night where a window ends at the time at which it began', () => {
    const whole = { timetable: [weekly([2], '08:00–08:00', 3)] };
    expect(capacityAt(whole, '2026-12-01T06:59:00Z')).toBe(USUAL);
    expect(capacityAt(whole, '2026-12-01T07:00:00Z')).toBe(3);
    expect(capacityAt(whole, '2026-12-02T06:59:00Z')).toBe(3);
    expect(capacityAt(whole, '2026-12-02T07:00:00Z')).toBe(USUAL);
  });

  it('is that of the date where a weekday covers the time too, and of the weekday beside it', () => {
    const holiday = dated(['2026-12-24'], '10:00–12:00', -1);
    for (const timetable of [
      [office, holiday],
      [holiday, office],
    ]) {
      expect(capacityAt({ timetable }, '2026-12-24T08:59:00Z')).toBe(200_000);
      expect(capacityAt({ timetable }, '2026-12-24T09:00:00Z')).toBe(-1);
      expect(capacityAt({ timetable }, '2026-12-24T11:00:00Z')).toBe(200_000);
      expect(capacityAt({ timetable }, '2026-12-23T09:00:00Z')).toBe(200_000);
    }
  });
});

describe('when the clock is changed', () => {
  const night = { zone: BERLIN, timetable: [weekly([6], '22:00–06:00', 7)] };

  it('a night in spring is an hour shorter and one in autumn an hour longer', () => {
    expect(minutes(night, '2026-03-28T12:00:00Z')).toEqual(span('2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z'));
    expect(minutes(night, '2026-10-24T12:00:00Z')).toEqual(span('2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z'));
  });

  it('a window in the skipped hour does not take place, and one that ends in it ends at the change', () => {
    const sunday = (clock: string) => ({ zone: BERLIN, timetable: [weekly([7], clock, 7)] });
    expect(minutes(sunday('02:10–02:50'), '2026-03-28T12:00:00Z')).toEqual([]);
    expect(minutes(sunday('01:30–02:30'), '2026-03-28T12:00:00Z')).toEqual(
      span('2026-03-29T00:30:00Z', '2026-03-29T01:00:00Z'),
    );
    expect(minutes(sunday('02:30–03:30'), '2026-03-28T12:00:00Z')).toEqual(
      span('2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z'),
    );
  });

  it('a window in the repeated hour takes place twice', () => {
    const sunday = (clock: string) => ({ zone: BERLIN, timetable: [weekly([7], clock, 7)] });
    expect(minutes(sunday('02:10–02:50'), '2026-10-24T12:00:00Z')).toEqual([
      ...span('2026-10-25T00:10:00Z', '2026-10-25T00:50:00Z'),
      ...span('2026-10-25T01:10:00Z', '2026-10-25T01:50:00Z'),
    ]);
    expect(minutes(sunday('01:30–02:30'), '2026-10-24T12:00:00Z')).toEqual([
      ...span('2026-10-24T23:30:00Z', '2026-10-25T00:30:00Z'),
      ...span('2026-10-25T01:00:00Z', '2026-10-25T01:30:00Z'),
    ]);
  });

  it('by half an hour, half an hour is skipped and half an hour repeated', () => {
    const sunday = { zone: 'Australia/Lord_Howe', timetable: [weekly([7], '01:45–02:45', 7)] };
    expect(minutes(sunday, '2026-10-03T12:00:00Z')).toEqual(span('2026-10-03T15:15:00Z', '2026-10-03T15:45:00Z'));
    expect(minutes(sunday, '2026-04-04T12:00:00Z')).toEqual([
      ...span('2026-04-04T14:45:00Z', '2026-04-04T15:00:00Z'),
      ...span('2026-04-04T15:15:00Z', '2026-04-04T16:15:00Z'),
    ]);
  });
});

/** The minutes of the next 24 hours in which the window is in effect. */
function minutes(changes: Parameters<typeof link>[0], from: string): string[] {
  const start = Date.parse(from);
  const of = link(changes);
  return Array.from({ length: 1440 }, (_, minute) => new Date(start + minute * 60_000))
    .filter((at) => dueAt(of, at).cause === 'window')
    .map((at) => at.toISOString());
}

function span(from: string, to: string): string[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (end - start) / 60_000 }, (_, minute) => new Date(start + minute * 60_000).toISOString());
}
