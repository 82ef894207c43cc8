import { parseRate } from '../../domain/rate/rate.ts';
import { bare, type Word } from './typed-words.ts';

const NUMBER = /^[+\-−–]?[\d.,'’_]{1,40}$/;
const KEYWORD = /^(?:for|until|till?|untill)[:=]?$/i;
const QUOTE = /^[`'"“”‘’„«»]/;
const PER = /^(?:\/|per|an?|each|every)$/i;
const PERIOD = /^(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)$/i;
/** Words after a percentage that say it is a change of the rate, while a percentage alone is what remains of it. */
const BY = /^(?:more|less|up|down|off|higher|lower|faster|slower|extra)$/i;
const MAX_GROUPS = 6;

/**
 * Takes all words that belong to the rate, so that an unreadable rate is refused as a whole and no part of it ends up
 * in the reason. The word after a number without a unit is its unit, whatever it is.
 */
export function takeRate(words: readonly Word[]): { rateText: string; used: number } {
  const all = words.slice(0, MAX_GROUPS + 4).map((word) => bare(word.text));
  const [first = '', second = '', third = ''] = all;
  const take = (used: number) => ({ rateText: all.slice(0, used).join(' '), used });
  // `<` or `>`: without the sign it would be another rate.
  if (/^(?:&[lg]t;|[<>])/.test(words[0]?.text ?? '') && !/(?:&gt;|>)[,;.]?$/.test(words[0]?.text ?? '')) {
    return { rateText: (words[0]?.text ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>'), used: 1 };
  }
  if (NUMBER.test(first)) {
    const digits = digitGroups(all);
    const unit = all[digits];
    if (unit === undefined || unit === '' || KEYWORD.test(unit) || QUOTE.test(words[digits]?.text ?? ''))
      return take(digits);
    return take(digits + 1 + belongsAt(all, digits + 1));
  }
  if (/^[+\-−–]?\d/.test(first)) return take(1 + belongsAt(all, 1));
  if (KEYWORD.test(first) || parseRate(first).ok) return take(1);
  if (/^no$/i.test(first) && /^limit$/i.test(second)) return take(2);
  // `max 50MB/s`, `up to 50 MB/s`: not accepted, and quoted as a whole.
  const at = /^\d/.test(second) ? 1 : /^\d/.test(third) ? 2 : 0;
  if (at === 0) return take(1);
  const unit = NUMBER.test(all[at] ?? '') && !KEYWORD.test(all[at + 1] ?? 'for') ? 1 : 0;
  return take(at + 1 + unit);
}

/** `1 000 000` is one number in three words. */
function digitGroups(words: readonly string[]): number {
  if (!/^\d{1,3}$/.test(words[0] ?? '')) return 1;
  let used = 1;
  while (used < MAX_GROUPS && /^\d{3}(?!\d)/.test(words[used] ?? '')) {
    used += 1;
    if (!/^\d{3}$/.test(words[used - 1] ?? '')) break;
  }
  return used;
}

/**
 * `per hour`, `/ s`, `/h`, or `more` after a percentage: the number of words that change the meaning of the number
 * before them.
 */
function belongsAt(words: readonly string[], at: number): number {
  const [sign = '', period = ''] = words.slice(at);
  if (words[at - 1]?.endsWith('%') && BY.test(sign)) return 1;
  if (sign.startsWith('/') && PERIOD.test(sign.slice(1))) return 1;
  return PER.test(sign) && (PERIOD.test(period) || sign === '/') ? 2 : 0;
}
