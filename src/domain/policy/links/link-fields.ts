import { parseTaskArn } from '../../execution/task-arn.ts';
import { PARTITIONS } from '../../execution/task-execution.ts';
import type { Weekday } from '../../link/link.ts';
import { DAY_MINUTES } from '../../link/week.ts';
import { isInCalendar, isZone } from '../../time/wall-time.ts';
import { field, listOf, oneOfForms, readRate, shown, text, Wrong } from '../policy-fields.ts';
import { otherReading } from './reserved-names.ts';

const NAME = 'a name of 2 to 40 of a-z, 0-9 and -, without - at its ends';
export const linkName = field(NAME, (input) => {
  if (typeof input !== 'string' || !/^(?=.{2,40}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/.test(input)) {
    return new Wrong(`is ${shown(input)}`, NAME);
  }
  const reading = otherReading(input);
  return reading === null ? input : new Wrong(`is ${shown(input)}, which is ${reading}`, `another name: ${NAME}`);
});

export const about = text('a text of 1 to 200 characters on one line', /^(?=\S)[^\p{Cc}]{0,199}\S$/u);

const TASK_ARN = 'the ARN of a task: arn:aws:datasync:REGION:ACCOUNT:task/task- and 17 of 0-9 and a-f';
export const taskArn = field(TASK_ARN, (input) =>
  typeof input === 'string' && parseTaskArn(input) !== null ? input : new Wrong(`is ${shown(input)}`, TASK_ARN),
);

export const locationArn = text(
  'the ARN of a location: arn:aws:datasync:REGION:ACCOUNT:location/loc- and 17 of 0-9 and a-f',
  new RegExp(`^arn:(?:${PARTITIONS.join('|')}):datasync:[a-z\\-0-9]+:[0-9]{12}:location/loc-[0-9a-f]{17}$`),
);

const CAPACITY = 'a rate such as 800Mbit/s, or unlimited';
/** In bytes per second; -1: unlimited. */
export const capacity = field(CAPACITY, (input) => readRate(input, CAPACITY));

export const share = text('together or each', /^(?:together|each)$/);

const MAX_WEIGHT = 1000;
const WEIGHT = `a number above 0, at most ${MAX_WEIGHT}`;
export const weight = field(WEIGHT, (input) =>
  typeof input === 'number' && input > 0 && input <= MAX_WEIGHT ? input : new Wrong(`is ${shown(input)}`, WEIGHT),
);

const MAX_HEADROOM = 50;
const HEADROOM = `a percentage from 0% to ${MAX_HEADROOM}%`;
/** As a part of 1. */
export const headroom = field(HEADROOM, (input) => {
  const percent = typeof input === 'string' ? Number(/^(\d{1,2}(?:\.\d{1,2})?)%$/.exec(input)?.[1]) : Number.NaN;
  return percent <= MAX_HEADROOM ? percent / 100 : new Wrong(`is ${shown(input)}`, HEADROOM);
});

const ZONE = 'an IANA time zone such as Europe/Berlin';
/**
 * Abbreviations of old Java, such as PST, which Intl still takes for zones. IANA and Temporal have none of them, and some have
 * several meanings.
 */
const NO_IANA_ZONE = /^(?:AC|AE|AG|AR|AS|BE|BS|CA|CN|CS|CT|EA|EC|IE|IS|JS|MI|NE|NS|PL|PN|PR|PS|SS|VS)T$/i;
export const zone = field(ZONE, (input) => {
  if (typeof input !== 'string') return new Wrong(`is ${shown(input)}`, ZONE);
  // An offset is a zone for the runtime too, but not one whose clock changes in summer.
  if (/^[+-]/.test(input)) return new Wrong(`is the offset ${shown(input)}`, ZONE);
  if (NO_IANA_ZONE.test(input)) return new Wrong(`is the abbreviation ${shown(input)}`, ZONE);
  return isZone(input) ? input : new Wrong(`is ${shown(input)}, which is no time zone that is known here`, ZONE);
});

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_RANGE = `days such as mon, mon-fri or fri-mon, of ${DAYS.join(', ')}`;
const dayRange = field(DAY_RANGE, (input) => daysOf(input) ?? new Wrong(`is ${shown(input)}`, DAY_RANGE));
const dayList = listOf(dayRange, DAY_RANGE).transform((ranges) => inOrder(ranges.flat()));
/** One range of days, or a list of them. */
export const days = oneOfForms<Weekday[]>((input) => (Array.isArray(input) ? dayList : dayRange));

/** The days of `mon`, `mon-fri` or, over the end of the week, `fri-mon`; null: it is none of these. */
function daysOf(input: unknown): Weekday[] | null {
  if (typeof input !== 'string') return null;
  const [from = '', to = from, ...more] = input.split('-');
  const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
  if (first < 0 || last < 0 || more.length > 0 || (input.includes('-') && first === last)) return null;
  const count = ((last - first + 7) % 7) + 1;
  return inOrder(Array.from({ length: count }, (_, after) => (((first + after) % 7) + 1) as Weekday));
}

function inOrder(list: readonly Weekday[]): Weekday[] {
  return [...new Set(list)].sort((one, other) => one - other);
}

const MAX_DATES = 366;
const DATE = 'a day of the calendar as YYYY-MM-DD';
const date = field(DATE, (input) =>
  typeof input === 'string' && isDay(input) ? input : new Wrong(`is ${shown(input)}`, DATE),
);
export const dates = listOf(date, 'days as YYYY-MM-DD').max(MAX_DATES, { error: () => `at most ${MAX_DATES} days` });

function isDay(input: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(input) ?? [];
  return day !== undefined && isInCalendar({ year: Number(year), month: Number(month), day: Number(day) });
}

const FROM = 'a time in quotes from "00:00" to "23:59"';
/** In minutes since midnight. */
export const windowStart = field(FROM, (input) => minutesOf(input) ?? new Wrong(`is ${shown(input)}`, FROM));

const TO = 'a time in quotes from "00:00" to "24:00"';
/** In minutes since midnight, up to the end of the day. */
export const windowEnd = field(TO, (input) =>
  input === '24:00' ? DAY_MINUTES : (minutesOf(input) ?? new Wrong(`is ${shown(input)}`, TO)),
);

function minutesOf(input: unknown): number | null {
  const [, hour, minute] = (typeof input === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(input)) || [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}
