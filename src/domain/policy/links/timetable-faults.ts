import type { Window } from '../../link/link.ts';
import { isMapping, type PolicyFault, partOf } from '../policy-fields.ts';
import { overlaps, type WindowTimes } from './overlapping-windows.ts';
import { windowShape } from './parse-links.ts';

/** What is wrong between the parts of a window, between windows, and with a timetable without a zone. */
export function timetableFaults({ timetable, zone }: Record<string, unknown>): PolicyFault[] {
  if (!Array.isArray(timetable) || timetable.length === 0) return [];
  const windows: unknown[] = timetable;
  return [
    ...(zone === undefined
      ? [
          {
            path: ['zone'],
            problem: 'is missing, and the timetable needs it',
            expected: 'an IANA time zone such as Europe/Berlin',
          },
        ]
      : []),
    ...windows.flatMap((raw, index) =>
      faultsWithin(raw).map((fault) => ({ ...fault, path: ['timetable', index, ...fault.path] })),
    ),
    ...overlaps(windows.map(timesOf)).map(({ index, earlier }) => ({
      path: ['timetable', index],
      problem: `overlaps timetable[${earlier}]`,
      expected: 'at most one window at any time; the minute in which a window ends is not part of it',
    })),
  ];
}

function faultsWithin(raw: unknown): PolicyFault[] {
  if (!isMapping(raw)) return [];
  const faults: PolicyFault[] = [];
  if (raw.days === undefined && raw.dates === undefined) {
    faults.push({ path: ['days'], problem: 'is missing, and so is dates', expected: 'days or dates' });
  }
  if (raw.days !== undefined && raw.dates !== undefined) {
    faults.push({ path: ['dates'], problem: 'is beside days', expected: 'days or dates: make two windows of them' });
  }
  const [from, to] = [partOf(windowShape.from, raw.from), partOf(windowShape.to, raw.to)];
  if (from !== null && from === to) {
    const expected = 'another time: a whole day is from "00:00" to "24:00"';
    faults.push({ path: ['to'], problem: 'is the same as from', expected });
  }
  const dates: unknown[] = Array.isArray(raw.dates) ? raw.dates : [];
  const first = new Map<unknown, number>();
  dates.forEach((date, index) => {
    const before = first.get(date);
    if (before === undefined) first.set(date, index);
    else {
      faults.push({
        path: ['dates', index],
        problem: `is dates[${before}] too`,
        expected: 'each day once',
      });
    }
  });
  return faults;
}

/** Null: there is a fault in it. */
function timesOf(raw: unknown): WindowTimes | null {
  if (!isMapping(raw)) return null;
  const [from, to] = [partOf(windowShape.from, raw.from), partOf(windowShape.to, raw.to)];
  const on = onOf(raw);
  return from === null || to === null || from === to || on === null ? null : { on, from, to };
}

function onOf({ days, dates }: Record<string, unknown>): Window['on'] | null {
  if ((days === undefined) === (dates === undefined)) return null;
  const weekdays = partOf(windowShape.days, days);
  if (weekdays) return { kind: 'weekdays', days: weekdays };
  const calendarDays = partOf(windowShape.dates, dates);
  return calendarDays ? { kind: 'dates', dates: calendarDays } : null;
}
