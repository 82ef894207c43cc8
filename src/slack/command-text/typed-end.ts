import { plainTyped } from '../../domain/text/invisible.ts';
import { quoted } from '../../domain/text/quoted.ts';
import { type DurationProblem, parseDuration } from '../../domain/time/duration.ts';
import { parseUntil, type UntilProblem, type UntilTime } from '../../domain/time/until.ts';
import { bare, type Word } from './typed-words.ts';

/** The end of the limit as typed; both null: the limit lasts until the execution ends. */
export interface TypedEnd {
  readonly durationSeconds: number | null;
  readonly until: UntilTime | null;
}

export interface EndProblem {
  readonly kind: 'unread-time';
  readonly quoted: string;
  readonly instead: string;
}

type Taken =
  | { readonly kind: 'end'; readonly end: TypedEnd; readonly used: number }
  | { readonly kind: 'problem'; readonly problem: DurationProblem | UntilProblem | EndProblem };

const NONE: TypedEnd = { durationSeconds: null, until: null };
const OTHER_DAY =
  /^(?:on |next |the )?(?:tomorrow|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|\d{4}-\d{2}-\d{2})(?![\p{L}\p{N}'’-])/iu;
/** `Berlin time`, `New York time`, `Europe/Berlin`. */
const OTHER_ZONE = /^(?:[\p{L}.'’-]+ ){1,2}[Tt]ime(?![\p{L}\p{N}'’-])|^\p{Lu}\p{L}+\/\p{Lu}[\p{L}_]+/u;
const OWN_CLOCK = 'write the time on your own clock, with hours from 00 to 23 and no zone';
const QUOTES = /^[`'"“”‘’„«»]/;

/**
 * Reads what directly follows the rate: `for <duration>` or `until <time>`. A `for` that is not followed by a digit
 * starts the reason; `until` never does.
 */
export function takeEnd(words: readonly Word[]): Taken {
  const [first, second, third] = words;
  const [, keyword, colon] =
    /^(for|until|till|til|untill)([:=]?)$/.exec(plainTyped(first?.text ?? '').toLowerCase()) ?? [];
  if (keyword === undefined || first === undefined) return { kind: 'end', end: NONE, used: 0 };
  const typed = words.slice(0, 6).map((word) => bare(word.text));
  if (second === undefined) {
    const example =
      keyword === 'for' ? 'a duration after it, such as `for 2h`' : 'a time after it, such as `until 18:00`';
    return refused(typed.join(' '), `write ${example}`);
  }
  if (keyword === 'for') return takeFor(second, third, colon !== '');
  return takeUntil(typed, keyword === 'until' && colon === '');
}

function takeFor(second: Word, third: Word | undefined, colon: boolean): Taken {
  const [amount, next] = [bare(second.text), bare(third?.text ?? '')];
  const opensQuote = QUOTES.test(second.text) && !/[`'"“”‘’„«»][,;.]?$/.test(second.text);
  if (colon) return refused(`for: ${amount}`, 'write it without the colon, such as `for 2h`');
  if (!/^\d/.test(amount) || opensQuote) return { kind: 'end', end: NONE, used: 0 };
  // `2 hours` and `1h 30m` are badly written durations, not a duration and a reason.
  const duration = parseDuration(goesOnAsDuration(amount, next) ? `${amount} ${next}` : amount);
  if (!duration.ok) return { kind: 'problem', problem: duration.problem };
  return { kind: 'end', end: { durationSeconds: duration.value, until: null }, used: 2 };
}

function takeUntil([, second = '', third = '', ...rest]: readonly string[], spelt: boolean): Taken {
  const two = parseUntil(`${second} ${third}`);
  const one = parseUntil(second);
  const read = two.ok ? two : one;
  const after = two.ok ? rest[0] : third;
  if (!read.ok) {
    const whole = goesOnAsTime(second, third) ? two : one;
    return { kind: 'problem', problem: whole.ok ? read.problem : whole.problem };
  }
  if (!spelt) return refused(second, `write \`until ${read.value.typed}\``);
  // `pm`, or another time zone, would make it a different time.
  if (!two.ok && /^[ap]\.?m\.?$/i.test(third)) return { kind: 'problem', problem: two.problem };
  if (/^(?:[ap]\.?m\.?|utc|gmt|z|o.?clock|h|(?:[ecmp]|[a-z]{2,4})t|[+-]\d.*)$/i.test(after ?? '')) {
    return refused(`${read.value.typed} ${after}`, OWN_CLOCK);
  }
  const [zone = null] = OTHER_ZONE.exec((two.ok ? rest : [third, ...rest]).join(' ')) ?? [];
  if (zone !== null) return refused(`${read.value.typed} ${zone}`, OWN_CLOCK);
  // If the day were read as part of the reason, the time would be taken as today.
  const [day = null] = two.ok ? [] : (OTHER_DAY.exec([third, ...rest].join(' ')) ?? []);
  if (day !== null) {
    return refused(`${second} ${day}`, 'write the day before the time, such as `until tomorrow 06:00`');
  }
  return { kind: 'end', end: { durationSeconds: null, until: read.value }, used: two.ok ? 3 : 2 };
}

/** Reads the form's field for the end: `2h`, `for 2h`, `until 18:00`. */
export function readEnd(text: string): Taken {
  const typed = plainTyped(text).trim();
  if (typed === '') return { kind: 'end', end: NONE, used: 0 };
  const [, until] = /^until\s+(.*)$/is.exec(typed) ?? [];
  if (until !== undefined) {
    const read = parseUntil(until);
    if (!read.ok) return { kind: 'problem', problem: read.problem };
    return { kind: 'end', end: { durationSeconds: null, until: read.value }, used: 0 };
  }
  const duration = parseDuration(typed.replace(/^for\s+/i, ''));
  if (duration.ok) return { kind: 'end', end: { durationSeconds: duration.value, until: null }, used: 0 };
  const bareTime = parseUntil(typed);
  if (bareTime.ok) return refused(typed, `write \`until ${bareTime.value.typed}\``);
  return { kind: 'problem', problem: duration.problem };
}

function goesOnAsDuration(amount: string, next: string): boolean {
  if (/^\d+$/.test(amount)) return /^(?:[dhms]|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?)$/i.test(next);
  return /^(?:\d{1,9}[dhms]){1,4}$/i.test(next);
}

function goesOnAsTime(time: string, next: string): boolean {
  if (/^(?:today|tomorrow|\d{4}-\d{2}-\d{2})$/i.test(time)) return /^(?:\d|noon|midnight|midday)/i.test(next);
  return /^\d/.test(time) && /^(?:[ap]\.?m\.?|h|o.?clock)$/i.test(next);
}

function refused(typed: string, instead: string): Taken {
  return { kind: 'problem', problem: { kind: 'unread-time', quoted: quoted(typed), instead } };
}
