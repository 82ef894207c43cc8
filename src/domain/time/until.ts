import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import { hiddenIn, plainTyped } from '../text/invisible.ts';
import { quoted } from '../text/quoted.ts';
import { MAX_DURATION, MIN_DURATION } from './duration.ts';
import { type CalendarDay, instantOf, isZone, laterDay, wallTimeOf } from './wall-time.ts';

/** A time on a person's own clock, before its time zone is known. */
export interface UntilTime {
  readonly day: 'today' | 'tomorrow' | CalendarDay;
  readonly hour: number;
  readonly minute: number;
  /** As it was typed, without `until`; at most 60 characters. */
  readonly typed: string;
}

export interface UntilProblem {
  readonly kind: 'not-a-time' | 'past' | 'too-soon' | 'too-far' | 'no-zone';
  /** The typed text, at most 60 characters. */
  readonly quoted: string;
  /** What to write instead, as the end of a sentence. */
  readonly instead: string;
}

const EXAMPLES =
  'write a time on your own clock, such as `until 18:00`, `until tomorrow 06:00` or `until 2026-12-01 06:00`';
const TIME = /^(?:(today|tomorrow|(\d{4})-(\d{2})-(\d{2}))[ t]\s{0,5})?(\d{2}):(\d{2})$/;
const LONGEST = 60;

/** Parses what follows `until`: `18:00` (today), `tomorrow 06:00`, `2026-12-01 06:00`. Hours have two digits. */
export function parseUntil(text: string): Result<UntilTime, UntilProblem> {
  const read = readUntil(text);
  if (read.ok) return read;
  const advised = Array.from(read.problem.instead.matchAll(/`until ([^`]+)`/g));
  return advised.every(([, one = '']) => readUntil(one).ok) ? read : bad({ ...read.problem, instead: EXAMPLES });
}

function readUntil(text: string): Result<UntilTime, UntilProblem> {
  const typed = plainTyped(text).trim().toLowerCase();
  const refuse = (instead: string) => bad<UntilProblem>({ kind: 'not-a-time', quoted: quoted(text), instead });
  if (typed.length > LONGEST) return refuse(EXAMPLES);
  const hidden = hiddenIn(typed);
  if (hidden !== null) return refuse(`write it again without the invisible character ${hidden}`);
  const [whole, word, year, month, date, hours, minutes] = TIME.exec(typed) ?? [];
  if (whole === undefined) return refuse(adviceFor(typed));
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (hour > 23 || minute > 59) return refuse(hour === 24 && minute === 0 ? 'write `until tomorrow 00:00`' : EXAMPLES);
  const shown = quoted(text);
  if (year === undefined) {
    return good({ day: word === 'tomorrow' ? 'tomorrow' : 'today', hour, minute, typed: shown });
  }
  const day = { year: Number(year), month: Number(month), day: Number(date) };
  const real = laterDay(day, 0);
  if (real.month !== day.month || real.day !== day.day) return refuse('write a day that the calendar has');
  return good({ day, hour, minute, typed: shown });
}

/**
 * The instant of a time on a clock in `zone` (Slack's `tz`; null: Slack names none), between a minute and seven days
 * from now.
 */
export function resolveUntil(
  { day, hour, minute, typed }: UntilTime,
  { zone, now }: { zone: string | null; now: Date },
): Result<Date, UntilProblem> {
  const refuse = (kind: UntilProblem['kind'], instead: string) =>
    bad<UntilProblem>({ kind, quoted: `until ${typed}`, instead });
  if (zone === null || !isZone(zone)) {
    return refuse('no-zone', 'write a duration such as `for 2h`: Slack does not say which time zone you are in');
  }
  const today = wallTimeOf(now, zone);
  const on = day === 'today' ? today : day === 'tomorrow' ? laterDay(today, 1) : day;
  const { year, month, day: date } = on;
  const end = instantOf({ year, month, day: date, hour, minute }, zone);
  const seconds = (end.getTime() - now.getTime()) / 1000;
  if (seconds <= 0) {
    const clock = `${twoDigits(hour)}:${twoDigits(minute)}`;
    return refuse(
      'past',
      day === 'today'
        ? `write \`until tomorrow ${clock}\`, since ${clock} is already past today`
        : 'write a time to come',
    );
  }
  if (seconds < MIN_DURATION) return refuse('too-soon', 'write a time at least 1 minute ahead');
  if (seconds > MAX_DURATION) return refuse('too-far', 'write a time at most 7 days ahead');
  return good(end);
}

/** The text after `until` that is parsed to the same minute on a clock in `zone`: `2026-12-01 06:00`. */
export function writeUntil(instant: Date, zone: string): string {
  const { year, month, day, hour, minute } = wallTimeOf(instant, zone);
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${twoDigits(hour)}:${twoDigits(minute)}`;
}

function adviceFor(typed: string): string {
  const [, day = '', clock = ''] = /^((?:today|tomorrow|\d{4}-\d{2}-\d{2})\s+)?(.*)$/s.exec(typed) ?? [];
  const write = (...hours: [number, string][]) =>
    `write ${hours.map(([hour, minute]) => `\`until ${day.trim()}${day && ' '}${twoDigits(hour)}:${minute}\``).join(' or ')}`;
  const [, digits, minute = '00', half] =
    /^(\d{1,2})(?:[:.h]?(\d{2}))?\s?(?:([ap])\.?m\.?|h|o.?clock)?$/.exec(clock) ?? [];
  if (digits !== undefined) {
    const hour = Number(digits);
    if (half !== undefined)
      return hour > 12 || hour === 0 ? EXAMPLES : write([(hour % 12) + (half === 'p' ? 12 : 0), minute]);
    // A single digit is ambiguous: it may mean the morning or the afternoon.
    return digits.length === 1 && hour > 0 ? write([hour, minute], [hour + 12, minute]) : write([hour, minute]);
  }
  if (/^(?:noon|midday)$/.test(clock)) return write([12, '00']);
  if (typed === 'midnight') return 'write `until tomorrow 00:00`';
  if (/^(?:today|tomorrow|\d{4}-\d{2}-\d{2})$/.test(typed)) return `write a time too, such as \`until ${typed} 06:00\``;
  return EXAMPLES;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
