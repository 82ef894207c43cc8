import { type CalendarDay, instantOf, isInCalendar } from '../../domain/time/wall-time.ts';
import { CannotRun } from '../cannot-run.ts';

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;
const WALL = /^(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d)$/;
const WITH_OFFSET = 'a time with its offset such as 2026-12-01T09:00:00Z or 2026-12-01T09:00+01:00';

/**
 * Reads a time in ISO 8601 with its offset, or `YYYY-MM-DD HH:MM` on a clock in `zone` (null: there is no such clock).
 * @throws CannotRun
 */
export function readTimeInZone(option: string, text: string, zone: string | null): Date {
  const expected = zone === null ? WITH_OFFSET : `${WITH_OFFSET}, or 2026-12-01 09:00 in ${zone}`;
  const wrong = () =>
    new CannotRun(`${option} ${JSON.stringify(text.slice(0, 60))} can't be read\n  expected: ${expected}`);
  const [instant, ...date] = INSTANT.exec(text) ?? [];
  if (instant !== undefined) {
    const read = new Date(instant);
    if (Number.isNaN(read.getTime()) || !isInCalendar(dayOf(date))) throw wrong();
    return read;
  }
  const [wall, ...parts] = WALL.exec(text) ?? [];
  if (wall === undefined || zone === null || !isInCalendar(dayOf(parts))) throw wrong();
  return instantOf({ ...dayOf(parts), hour: Number(parts[3]), minute: Number(parts[4]) }, zone);
}

function dayOf([year, month, day]: readonly string[]): CalendarDay {
  return { year: Number(year), month: Number(month), day: Number(day) };
}
