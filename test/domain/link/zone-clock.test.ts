import { describe, expect, it } from 'vitest';
import { clockOffsetAt } from '../../../src/domain/link/zone-clock.ts';
import { wallTimeOf } from '../../../src/domain/time/wall-time.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2032, 0, 1);

describe('the clock of a zone', () => {
  it.each([
    'Europe/Berlin',
    'America/New_York',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Africa/Casablanca',
    'Asia/Kolkata',
    'UTC',
  ])('in %s is changed on the days on which another look at it says so', (zone) => {
    const looked = new Map<number, number>();
    for (let day = FROM; day <= TO; day += DAY) looked.set(day, aheadAt(day, zone));

    const said = new Map<number, number>();
    let clock = clockOffsetAt(FROM, zone);
    for (let day = FROM; day <= TO; day += DAY) {
      while (clock.until <= day) clock = clockOffsetAt(clock.until, zone);
      said.set(day, clock.offset);
    }
    expect(said).toEqual(looked);
  });

  it('is changed at the first instant with the other offset', () => {
    const change = Date.parse('2026-03-29T01:00:00Z');
    expect(clockOffsetAt(change - 1, 'Europe/Berlin')).toEqual({ offset: 3_600_000, until: change });
    expect(clockOffsetAt(change, 'Europe/Berlin')).toEqual({
      offset: 7_200_000,
      until: Date.parse('2026-10-25T01:00:00Z'),
    });
  });

  it('is never changed in a zone without summer time', () => {
    expect(clockOffsetAt(Date.parse('2026-03-29T01:00:00Z'), 'Asia/Kolkata')).toEqual({
      offset: 5.5 * 3_600_000,
      until: Number.POSITIVE_INFINITY,
    });
  });
});

function aheadAt(instant: number, zone: string): number {
  const { year, month, day, hour, minute } = wallTimeOf(new Date(instant), zone);
  return Date.UTC(year, month - 1, day, hour, minute) - instant;
}
