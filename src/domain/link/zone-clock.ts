// The native Temporal where the runtime has it. The polyfill takes long to load, so this file and what imports it are
// only ever imported by `await import(…)`, where a link has a timetable.
import { Temporal } from 'temporal-polyfill';

const NS_PER_MS = 1_000_000;

/** How far a zone's clock is ahead of UTC at an instant, and the instant at which that changes next, in milliseconds. */
export interface ClockOffset {
  offset: number;
  /** Infinity: never, as far as is known. */
  until: number;
}

export function clockOffsetAt(instant: number, zone: string): ClockOffset {
  const clock = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  const next = clock.getTimeZoneTransition('next');
  return { offset: clock.offsetNanoseconds / NS_PER_MS, until: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY };
}
