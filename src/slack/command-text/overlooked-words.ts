import { plainTyped } from '../../domain/text/invisible.ts';

/**
 * Times and rates in a reason. If a time meant as the end of the limit were read as part of the reason, the limit would
 * never revert. So anything in a reason that looks like a time is refused, unless the reason is in quotes:
 * - `for` and a duration, and `until` and a time of day, a day or a date, anywhere: `cutover for 2h`, `until 6pm`
 * - a duration in digits at the start or the end, a time of day or a date at the start: `2h`, `cutover 2h`
 * - a duration in words, a number of up to three digits, `tonight`, or `for` and a part of a day, if that is the whole
 *   reason: `two hours`, `30`, `for tonight`
 * - a rate anywhere, a percentage or `unlimited` at the start: `100MB/s`, `50%`
 * Anything else with `for` or `until` is a reason: `for the customer call at 9`, `until they are done`.
 */

const END = String.raw`(?![\p{L}\p{N}'’-])`;
const DIGITS = String.raw`(?:\d{1,4}(?:[.,]\d{1,3})?[½¼¾]?|[½¼¾])`;
const NUMBER = `(?:${DIGITS}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|half(?: an?)?|several|some|(?:a )?few|(?:a )?couple(?: of)?)`;
const LONG_UNIT = '(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)';
const IN_DIGITS = String.raw`(?:${DIGITS}[\s-]?(?:${LONG_UNIT}|h)|${DIGITS}[smdw]|(?:\d{1,4}[dhms]){2,4})${END}`;
// `a second` is more often an ordinal than a time.
const IN_WORDS = String.raw`${NUMBER}(?: and (?:a |one )?(?:half|quarter))?(?: more)?[\s-](?!second${END})${LONG_UNIT}${END}`;
const ABOUT = String.raw`(?:(?:the|next|another|about|around|only|at|least|most|up|to|just|max|maximum|this|end|of)\s|~){0,4}`;
const DAY = `(?:noon|midday|midnight|today|tomorrow|tonight|morning|afternoon|evening|weekend|eod|eob|cob|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)${END}`;
const CLOCK = String.raw`(?:\d{1,2}:\d{2}|\d{1,2}\s?[ap]\.?m)${END}`;

const TIMES = [
  String.raw`(?<![\p{L}\p{N}])for[:=]?\s?${ABOUT}(?:${IN_DIGITS}|${IN_WORDS})`,
  String.raw`(?<![\p{L}\p{N}])(?:until|untill|till|til)[:=]?\s?${ABOUT}(?:\d[\p{N}:.-]*|${DAY}|(?<=end of )(?:the )?(?:day|week|month)${END})`,
  `^${IN_DIGITS}`,
  String.raw`^(?:(?:from|at|by|before|between|starting|today|tomorrow)\s)?${CLOCK}`,
  String.raw`^\d{4}-\d{2}-\d{2}${END}`,
  `^${IN_WORDS}$`,
  `^(?:tonight|for (?:today|tonight|the (?:rest of the )?(?:day|night|week|weekend|morning|afternoon|evening)))$`,
  String.raw`^\d{1,3}$`,
  String.raw`(?<![\p{L}\p{N}.,:])${IN_DIGITS}(?=[\s.!)]*$)`,
].map((source) => new RegExp(source, 'u'));

const RATES = [
  String.raw`(?<![\p{L}\p{N}.,])\d{1,12}(?:[.,]\d{1,6})?\s?[kmgt]?i?b(?:its?|ytes?)?(?:\/s|ps|\/sec)${END}`,
  String.raw`^${DIGITS}\s?%`,
  `^unlimited${END}`,
].map((source) => new RegExp(source, 'u'));

/** The part of a reason (see `readable`) that looks like a time or a rate; null if there is none. */
export function findOverlooked(reason: string): { kind: 'unread-time' | 'unread-rate'; part: string } | null {
  const plain = plainTyped(reason)
    .toLowerCase()
    .replace(/[`"“”„«»]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const find = (patterns: readonly RegExp[]) => patterns.map((one) => one.exec(plain)?.[0]).find((part) => part);
  const rate = find(RATES);
  if (rate !== undefined) return { kind: 'unread-rate', part: rate };
  const time = find(TIMES);
  return time === undefined ? null : { kind: 'unread-time', part: time };
}

/** What to write instead, as the end of a sentence. */
export const OVERLOOKED_ADVICE = {
  'unread-time':
    'write when the limit is to end right after the rate, such as `for 2h` or `until 18:00`, or put the reason in quotes if it belongs to it',
  'unread-rate': 'write one rate, right after the execution, or put the reason in quotes if it belongs to it',
} as const;
