import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatterOf,
  instantOf,
  isInCalendar,
  isZone,
  laterDay,
  wallTimeOf,
} from '../../../src/domain/time/wall-time.ts';

function wall(text: string) {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute };
}

describe('instantOf', () => {
  it.each([
    ['Europe/Berlin', '2026-12-01 06:00', '2026-12-01T05:00:00.000Z', 'in winter'],
    ['Europe/Berlin', '2026-07-01 06:00', '2026-07-01T04:00:00.000Z', 'in summer'],
    ['Europe/Berlin', '2026-03-29 01:59', '2026-03-29T00:59:00.000Z', 'before the gap'],
    ['Europe/Berlin', '2026-03-29 02:30', '2026-03-29T01:30:00.000Z', 'in the gap: 03:30'],
    ['Europe/Berlin', '2026-03-29 03:00', '2026-03-29T01:00:00.000Z', 'after the gap'],
    ['Europe/Berlin', '2026-10-25 01:59', '2026-10-24T23:59:00.000Z', 'before the overlap'],
    ['Europe/Berlin', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z', 'in the overlap: the first'],
    ['Europe/Berlin', '2026-10-25 03:00', '2026-10-25T02:00:00.000Z', 'after the overlap'],
    ['America/New_York', '2026-03-08 02:30', '2026-03-08T07:30:00.000Z', 'in the gap: 03:30'],
    ['America/New_York', '2026-11-01 01:30', '2026-11-01T05:30:00.000Z', 'in the overlap: the first'],
    ['America/New_York', '2026-11-01 02:00', '2026-11-01T07:00:00.000Z', 'after the overlap'],
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:45:00.000Z', 'in a gap of half an hour: 02:45'],
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45:00.000Z', 'in an overlap of half an hour: the first'],
    ['Australia/Lord_Howe', '2026-01-01 00:00', '2025-12-31T13:00:00.000Z', 'in summer'],
    ['Asia/Kolkata', '2026-12-01 06:00', '2026-12-01T00:30:00.000Z', 'half an hour off'],
    ['Asia/Kolkata', '2026-12-01 00:00', '2026-11-30T18:30:00.000Z', 'at midnight'],
    ['UTC', '2026-02-28 23:59', '2026-02-28T23:59:00.000Z', 'without any offset'],
  ])('%s, %s is %s (%s)', (zone, text, instant) => {
    expect(instantOf(wall(text), zone).toISOString()).toBe(instant);
  });

  it('gives back the minute that the clock showed, or the first of the two', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    fc.assert(
      fc.property(zones, fc.integer({ min: 29_000_000, max: 30_500_000 }), (zone, minute) => {
        const instant = new Date(minute * 60_000);
        const back = instantOf(wallTimeOf(instant, zone), zone);
        expect([0, 30, 60]).toContain((instant.getTime() - back.getTime()) / 60_000);
        expect(wallTimeOf(back, zone)).toEqual(wallTimeOf(instant, zone));
      }),
      { numRuns: 300 },
    );
  });
});

describe('formatters', () => {
  it('are kept for each time zone, until there are more than 50', () => {
    const kept = formatterOf('Asia/Tokyo');
    expect(formatterOf('Asia/Tokyo')).toBe(kept);
    for (const zone of Intl.supportedValuesOf('timeZone').slice(0, 51)) formatterOf(zone);
    expect(formatterOf('Asia/Tokyo')).not.toBe(kept);
  });
});

describe('the calendar', () => {
  it.each([
    [2026, 2, 28, true],
    [2026, 2, 29, false],
    [2028, 2, 29, true],
    [2026, 4, 31, false],
    [2026, 12, 31, true],
    [2026, 13, 1, false],
    [2026, 0, 1, false],
    [2026, 1, 0, false],
    [0, 1, 1, false],
    [Number.NaN, 1, 1, false],
  ])('has or lacks %i-%i-%i: %s', (year, month, day, has) => {
    expect(isInCalendar({ year, month, day })).toBe(has);
  });

  it('goes on over the end of a month and of a year', () => {
    expect(laterDay({ year: 2026, month: 12, day: 31 }, 1)).toEqual({ year: 2027, month: 1, day: 1 });
    expect(laterDay({ year: 2028, month: 2, day: 28 }, 1)).toEqual({ year: 2028, month: 2, day: 29 });
  });

  it('knows zones by their names', () => {
    expect(['Europe/Berlin', 'Asia/Kolkata', 'UTC'].every(isZone)).toBe(true);
    expect(['', 'Mars/Base', 'Europe'].some(isZone)).toBe(false);
  });
});
