/** The local time in some time zone; months and days count from 1. */
export interface WallTime extends CalendarDay {
  readonly hour: number;
  readonly minute: number;
}

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;
/** Kept, since making one takes far longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 50;

/** Whether the runtime knows this time zone, such as `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The local time of an instant; there is always exactly one. */
export function wallTimeOf(instant: Date, zone: string): WallTime {
  const parts = formatterOf(zone).formatToParts(instant);
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') };
}

/**
 * The instant of a local time. If the clock shows that time twice, the first one; if it skips it, later by what is
 * skipped (02:30 becomes 03:30), like `compatible` in Temporal.
 */
export function instantOf(wall: WallTime, zone: string): Date {
  const asUtc = utcOf(wall);
  // No time zone changes its offset twice within two days, so one of the two offsets applies.
  const [before, after] = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => offsetAt(near, zone)) as [number, number];
  const found = [asUtc - before, asUtc - after].filter(
    (instant) => utcOf(wallTimeOf(new Date(instant), zone)) === asUtc,
  );
  return new Date(found.length > 0 ? Math.min(...found) : asUtc - before);
}

/** Whether the calendar has this day, from the year 100 on: JavaScript reads 30 February as a day in March. */
export function isInCalendar(day: CalendarDay): boolean {
  const real = laterDay(day, 0);
  return real.year === day.year && real.month === day.month && real.day === day.day;
}

/** The day that is `days` later, in the calendar alone. */
export function laterDay({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const later = new Date(Date.UTC(year, month - 1, day + days));
  return { year: later.getUTCFullYear(), month: later.getUTCMonth() + 1, day: later.getUTCDate() };
}

/** The formatter that reads a zone's clock. */
export function formatterOf(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  formatters.set(zone, made);
  return made;
}

function offsetAt(instant: number, zone: string): number {
  return utcOf(wallTimeOf(new Date(instant), zone)) - Math.floor(instant / 60_000) * 60_000;
}

function utcOf({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
