import type { Link, Weekday, Window } from '../../../src/domain/link/link.ts';

export const BERLIN = 'Europe/Berlin';
/** Outside the windows. */
export const USUAL = 800_000;

export function link(changes: Partial<Link> = {}): Link {
  return {
    name: 'dc1-wan',
    about: null,
    tasks: [],
    locations: [],
    capacity: USUAL,
    share: 'together',
    floor: 1000,
    weights: {},
    headroom: 0,
    zone: BERLIN,
    timetable: [],
    channel: null,
    ...changes,
  };
}

/** `weekly([1, 5], '08:00–18:00', 1000)`: on Mondays and Fridays. */
export function weekly(days: readonly Weekday[], clock: string, capacity: number): Window {
  return { on: { kind: 'weekdays', days }, ...times(clock), capacity };
}

export function dated(dates: readonly string[], clock: string, capacity: number): Window {
  return { on: { kind: 'dates', dates }, ...times(clock), capacity };
}

function times(clock: string): { from: number; to: number } {
  const [from = 0, to = 0] = clock.split('–').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 60 + minute;
  });
  return { from, to };
}
