import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Weekday } from '../../../../src/domain/link/link.ts';
import { overlaps, type WindowTimes } from '../../../../src/domain/policy/links/overlapping-windows.ts';
import { OFFICE, timetabled, told } from './given-links.ts';

const on = (days: unknown, from: string, to: string) => ({ days, from, to, capacity: '1MB/s' });
const dated = (dates: string[], from: string, to: string) => ({ dates, from, to, capacity: '1MB/s' });
const faults = (...windows: object[]) =>
  told(timetabled(...windows)).map((line) => line.replace('links.0.timetable.', ''));

describe('a timetable, of what is wrong', () => {
  it.each<[string, object, string]>([
    ['an unknown key', { ...OFFICE, day: 'mon' }, '0.day is no key that is known here'],
    ['neither days nor dates', { ...OFFICE, days: undefined }, '0.days is missing, and so is dates'],
    ['days and dates', { ...OFFICE, dates: ['2026-12-24'] }, '0.dates is beside days'],
    ['no capacity', { ...OFFICE, capacity: undefined }, '0.capacity is missing'],
    ['a day by its full name', { ...OFFICE, days: 'monday' }, '0.days is "monday"'],
    ['a day in a list that is none', { ...OFFICE, days: ['mon', 'Tue'] }, '0.days.1 is "Tue"'],
    ['days from one to itself', { ...OFFICE, days: 'mon-mon' }, '0.days is "mon-mon"'],
    ['three days in a row', { ...OFFICE, days: 'mon-wed-fri' }, '0.days is "mon-wed-fri"'],
    ['a list with no day', { ...OFFICE, days: [] }, '0.days is an empty list'],
    ['a date that is no list', { ...dated([], '08:00', '09:00'), dates: '2026-12-24' }, '0.dates is "2026-12-24"'],
    ['a date that is none', dated(['2026-02-30'], '08:00', '09:00'), '0.dates.0 is "2026-02-30"'],
    ['a date of the year 0', dated(['0000-00-00'], '08:00', '09:00'), '0.dates.0 is "0000-00-00"'],
    ['a date in another form', dated(['24.12.2026'], '08:00', '09:00'), '0.dates.0 is "24.12.2026"'],
    ['a date twice', dated(['2026-12-24', '2026-12-24'], '08:00', '09:00'), '0.dates.1 is dates[0] too'],
    ['a time of one digit', { ...OFFICE, from: '8:00' }, '0.from is "8:00"'],
    ['a time as a number', { ...OFFICE, from: 800 }, '0.from is the number 800'],
    ['a beginning at 24:00', { ...OFFICE, from: '24:00' }, '0.from is "24:00"'],
    ['an end after 24:00', { ...OFFICE, to: '24:01' }, '0.to is "24:01"'],
    ['an end at the beginning', { ...OFFICE, to: '08:00' }, '0.to is the same as from'],
    ['midnight to midnight', { ...OFFICE, from: '00:00', to: '00:00' }, '0.to is the same as from'],
  ])('refuses %s', (_what, window, fault) => {
    expect(faults(window)).toEqual([fault]);
  });

  it('has at most 100 windows, and 366 dates in one', () => {
    expect(faults(...Array.from({ length: 101 }, () => OFFICE))).toContain(
      'links.0.timetable is a list that is too long',
    );
    const days = Array.from({ length: 367 }, (_, day) =>
      new Date(Date.UTC(2028, 0, 1 + day)).toISOString().slice(0, 10),
    );
    expect(faults(dated(days, '08:00', '09:00'))).toEqual(['0.dates is a list that is too long']);
    expect(faults(dated(days.slice(1), '08:00', '09:00'))).toEqual([]);
  });

  it.each<[string, object[]]>([
    ['the same day', [on('mon', '08:00', '12:00'), on('mon-fri', '11:59', '13:00')]],
    ['a night into the next day', [on('mon', '22:00', '06:00'), on('tue', '05:59', '07:00')]],
    ['Sunday night into Monday', [on('sun', '22:00', '06:00'), on('mon', '05:00', '07:00')]],
    ['Monday, before the Sunday that comes round', [on('mon', '00:00', '24:00'), on('sun', '23:00', '00:01')]],
    ['one date', [dated(['2026-12-24'], '00:00', '24:00'), dated(['2026-12-24'], '10:00', '11:00')]],
    [
      'the night of a date into the next one',
      [dated(['2026-12-31'], '22:00', '06:00'), dated(['2027-01-01'], '00:00', '01:00')],
    ],
  ])('refuses an overlap: %s', (_what, windows) => {
    expect(faults(...windows)).toEqual(['1 overlaps timetable[0]']);
    expect(faults(...windows.toReversed())).toEqual(['1 overlaps timetable[0]']);
  });

  it.each<[string, object[]]>([
    ['windows that meet', [on('mon-fri', '08:00', '12:00'), on('mon-fri', '12:00', '08:00')]],
    ['Sunday that ends where Monday begins', [on('sun', '22:00', '24:00'), on('mon', '00:00', '01:00')]],
    ['every night', [on('mon-sun', '22:00', '06:00'), on('mon-sun', '06:00', '22:00')]],
    ['a date over a weekday, which it goes before', [OFFICE, dated(['2026-12-24'], '00:00', '24:00')]],
    ['dates of other years', [dated(['2026-12-24'], '00:00', '24:00'), dated(['2027-12-24'], '00:00', '24:00')]],
  ])('accepts %s', (_what, windows) => {
    expect(faults(...windows)).toEqual([]);
  });

  it('names each window that overlaps an earlier one, once', () => {
    const windows = [on('mon', '08:00', '20:00'), on('mon', '09:00', '10:00'), on('mon-tue', '11:00', '12:00')];
    expect(faults(...windows)).toEqual(['1 overlaps timetable[0]', '2 overlaps timetable[0]']);
  });

  it('finds an overlap exactly where some minute of the week is in two windows', () => {
    const time = fc.integer({ min: 0, max: 1439 });
    const window = fc
      .record({
        days: fc.uniqueArray(fc.constantFrom<Weekday>(1, 2, 3, 4, 5, 6, 7), { minLength: 1 }),
        from: time,
        to: time,
      })
      .filter(({ from, to }) => from !== to)
      .map(({ days, from, to }): WindowTimes => ({ on: { kind: 'weekdays', days }, from, to }));
    const isIn = (minute: number, { on, from, to }: WindowTimes) => {
      const isOn = (day: number) => on.kind === 'weekdays' && on.days.some((one) => one === day);
      const [today, clock] = [Math.floor(minute / 1440) + 1, minute % 1440];
      if (to > from) return isOn(today) && clock >= from && clock < to;
      return (isOn(today) && clock >= from) || (isOn(today === 1 ? 7 : today - 1) && clock < to);
    };
    fc.assert(
      fc.property(fc.array(window, { maxLength: 3 }), (timetable) => {
        const minutes = Array.from({ length: 7 * 1440 }, (_, minute) => minute);
        const twice = minutes.some((minute) => timetable.filter((one) => isIn(minute, one)).length > 1);
        expect(overlaps(timetable).length > 0).toBe(twice);
      }),
      { numRuns: 60 },
    );
  });
});
