import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import { hiddenIn, plainTyped } from '../text/invisible.ts';
import { quoted } from '../text/quoted.ts';

/** The shortest and the longest duration that can be requested, in seconds: a minute and seven days. */
export const MIN_DURATION = 60;
export const MAX_DURATION = 7 * 86_400;

export interface DurationProblem {
  readonly kind:
    | 'too-short'
    | 'too-long'
    | 'no-unit'
    | 'unknown-unit'
    | 'wrong-order'
    | 'repeated-unit'
    | 'not-a-duration';
  /** The typed text, at most 60 characters. */
  readonly quoted: string;
  /** What to write instead, as the end of a sentence. */
  readonly instead: string;
}

const SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
type Unit = keyof typeof SECONDS;
const UNITS: readonly Unit[] = ['d', 'h', 'm', 's'];
const EXAMPLES = 'write a duration such as `90s`, `30m`, `2h`, `1d` or `1h30m`';

/** Parses `90s`, `30m`, `2h`, `1d`, `1h30m` as seconds: units from large to small, each once; 1 minute to 7 days. */
export function parseDuration(text: string): Result<number, DurationProblem> {
  const read = readDuration(text);
  if (read.ok) return read;
  const advised = Array.from(read.problem.instead.matchAll(/`([^`]+)`/g));
  return advised.every(([, one = '']) => readDuration(one).ok) ? read : bad({ ...read.problem, instead: EXAMPLES });
}

function readDuration(text: string): Result<number, DurationProblem> {
  const typed = plainTyped(text).trim().toLowerCase();
  const refuse = (kind: DurationProblem['kind'], instead: string) =>
    bad<DurationProblem>({ kind, quoted: quoted(text), instead });

  const hidden = hiddenIn(typed.slice(0, 40));
  if (hidden !== null) return refuse('not-a-duration', `write it again without the invisible character ${hidden}`);
  if (typed.length > 40) return refuse('not-a-duration', EXAMPLES);
  if (/^\d+$/.test(typed)) return refuse('no-unit', `write \`${typed}m\` for minutes or \`${typed}h\` for hours`);
  if (!/^(?:\d+[dhms])+$/.test(typed)) return refuse(...unreadable(typed));

  let seconds = 0;
  let before = -1;
  for (const [, digits = '', letter = ''] of typed.matchAll(/(\d+)([dhms])/g)) {
    const unit = letter as Unit;
    const place = UNITS.indexOf(unit);
    if (place === before) return refuse('repeated-unit', `${EXAMPLES}, each unit once`);
    if (place < before) return refuse('wrong-order', `${EXAMPLES}, the larger unit first`);
    before = place;
    seconds += Number(digits) * SECONDS[unit];
  }
  if (seconds < MIN_DURATION) return refuse('too-short', 'write at least `1m`');
  if (seconds > MAX_DURATION) return refuse('too-long', 'write at most `7d`');
  return good(seconds);
}

/** A duration for display: `1 h 30 min`, `2 d`, `45 s`. Takes any number of seconds, rounded to whole ones. */
export function formatDuration(seconds: number): string {
  const words = { d: 'd', h: 'h', m: 'min', s: 's' };
  return split(seconds)
    .map(([count, unit]) => `${count} ${words[unit]}`)
    .join(' ');
}

/** Text that {@link parseDuration} parses to the same number: `1h30m`. */
export function writeDuration(seconds: number): string {
  return split(seconds)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}

function split(seconds: number): readonly (readonly [number, Unit])[] {
  let left = Math.max(0, Math.round(seconds));
  const parts: [number, Unit][] = [];
  for (const unit of UNITS) {
    const count = Math.floor(left / SECONDS[unit]);
    if (count > 0) parts.push([count, unit]);
    left -= count * SECONDS[unit];
  }
  return parts.length === 0 ? [[0, 's']] : parts;
}

function unreadable(typed: string): [DurationProblem['kind'], string] {
  const spaced = typed.replace(/\s+/g, '');
  if (spaced !== typed && /^(?:\d+[dhms])+$/.test(spaced))
    return ['not-a-duration', `write \`${spaced}\`, without spaces`];
  const word = /^(\d+)\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)$/.exec(typed);
  if (word !== null) return ['unknown-unit', `write \`${word[1]}${word[2]?.charAt(0)}\``];
  const fraction = /^(\d{1,4}\.\d{1,3})\s*([dhm])(?:ays?|ours?|rs?|in(?:ute)?s?)?$/.exec(typed);
  if (fraction !== null) {
    return [
      'not-a-duration',
      `write \`${writeDuration(Number(fraction[1]) * SECONDS[fraction[2] as Unit])}\`, in whole units`,
    ];
  }
  return [/^\d+\s*[a-z]+$/.test(typed) ? 'unknown-unit' : 'not-a-duration', EXAMPLES];
}
