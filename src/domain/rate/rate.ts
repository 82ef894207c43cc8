import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import { hiddenIn, plainTyped } from '../text/invisible.ts';
import { quoted } from '../text/quoted.ts';
import { bareAdvice, numberAdvice, readNumber, spacedAdvice } from './rate-number.ts';
import { readUnit, unitAdvice } from './rate-unit.ts';

/** No limit, as in AWS DataSync's `Options.BytesPerSecond`. Any other rate is a positive safe integer. */
export const UNLIMITED = -1;

/** The requested rate, before the current limit is known. */
export type RequestedRate =
  | { readonly kind: 'absolute'; readonly bytesPerSecond: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface RateProblem {
  readonly kind:
    | 'zero'
    | 'negative'
    | 'too-small'
    | 'too-large'
    | 'ambiguous-unit'
    | 'unknown-unit'
    | 'no-unit'
    | 'not-a-rate'
    | 'percent-of-unlimited'
    | 'bad-percent'
    | 'same-as-now';
  /** The typed text, at most 60 characters. */
  readonly quoted: string;
  /** What to write instead, as the end of a sentence: "write `50MB/s` for …". */
  readonly instead: string;
}

const EXAMPLES = 'write a rate such as `50MiB/s`, `400Mbit/s`, `50%` or `unlimited`';
const MAX_NUMBER_LENGTH = 40;
const MAX_PARSED_LENGTH = 200;
const MAX = BigInt(Number.MAX_SAFE_INTEGER);
const PERCENT_PARTS = 1_000_000;
/**
 * The minimum of a number without a unit: a person who types less than 1 MiB/s in bytes probably means another unit.
 */
const MIN_BARE = 1024n ** 2n;

/**
 * Parses a typed rate: `52428800` (bytes per second, from 1 MiB/s), `50MiB/s`, `50 MB/s` (1 MB = 1,048,576 bytes, as in
 * DataSync's own documentation), `400Mbps`, `400 Mbit/s` (decimal bits), `50%`, `unlimited`. Fractions of a byte are
 * rounded down. Ambiguous input is refused, not guessed, and every rate in the advice is accepted by this parser.
 */
export function parseRate(text: string): Result<RequestedRate, RateProblem> {
  const read = readRate(text);
  if (read.ok) return read;
  const { instead } = read.problem;
  const sound = Array.from(instead.matchAll(/`([^`]+)`/g)).every(([, advised = '']) => readRate(advised).ok);
  return sound ? read : bad({ ...read.problem, instead: EXAMPLES });
}

function readRate(text: string): Result<RequestedRate, RateProblem> {
  const typed = plainTyped(text).trim();
  const refuse = (kind: RateProblem['kind'], instead: string) =>
    bad<RateProblem>({ kind, quoted: quoted(text), instead });

  const hidden = hiddenIn(typed.slice(0, MAX_PARSED_LENGTH));
  if (hidden !== null) return refuse('not-a-rate', `write it again without the invisible character ${hidden}`);
  if (/^unlimited$/i.test(typed)) return good({ kind: 'absolute', bytesPerSecond: UNLIMITED });
  if (/^(?:infinity|inf|∞|none|no limit)$/i.test(typed)) {
    return refuse('not-a-rate', 'write `unlimited` to lift the limit');
  }
  if (/^[-−–]\s*[\d.]/.test(typed)) {
    const lifts = /^[-−–]\s*1$/.test(typed);
    return refuse('negative', lifts ? 'write `unlimited` to lift the limit' : `${EXAMPLES}; a rate is never negative`);
  }
  const [, led] = /^(?:max(?:imum)?|limit|at most|up to|at|to)[\s:=]{1,5}(\d.{0,60})$/i.exec(typed) ?? [];
  if (led !== undefined) return refuse('not-a-rate', `write the rate alone: \`${led}\``);

  const split = /^([\d.,'’_]+)\s*(.*)$/s.exec(typed);
  if (split === null) return refuse('not-a-rate', EXAMPLES);
  const [, number = '', unit = ''] = split;
  if (number.length > MAX_NUMBER_LENGTH) {
    return /^\d+$/.test(number) ? refuse('too-large', tooLarge()) : refuse('not-a-rate', EXAMPLES);
  }
  if (/^0[xob]/i.test(typed)) return refuse('not-a-rate', 'write the number in decimal digits, with its unit');
  if (/^e[+-]?\d+/i.test(unit)) return refuse('not-a-rate', 'write the number out in full, without an exponent');
  if (/^[\d.,'’_]/.test(unit)) return refuse('not-a-rate', spacedAdvice(typed));
  const clear = readNumber(number);
  if (clear.kind !== 'plain') return refuse('not-a-rate', numberAdvice(clear, unit));

  if (unit.startsWith('%')) return parsePercent(number, unit, text);
  const known = readUnit(unit);
  if (known === null) {
    const { kind, instead } = unitAdvice(number, unit);
    return refuse(kind, instead);
  }
  if (/^[0.]+$/.test(number)) {
    return refuse(
      'zero',
      'write `unlimited` to lift the limit, or a rate of at least one byte per second; there is no pause',
    );
  }
  const { parts, of } = decimal(number);
  const bytes = (parts * known.bits) / (of * 8n);
  if (unit === '' && bytes < MIN_BARE) return refuse('no-unit', bareAdvice(number));
  if (bytes < 1n) return refuse('too-small', 'write a rate of at least `1B/s`');
  if (bytes > MAX) return refuse('too-large', tooLarge());
  return good({ kind: 'absolute', bytesPerSecond: Number(bytes) });
}

/**
 * The requested rate in bytes per second (or {@link UNLIMITED}), given the current limit. A percentage is of that
 * limit, rounded down. Refused: a percentage of no limit, and less than one byte.
 */
export function resolveRate(asked: RequestedRate, current: number): Result<number, RateProblem> {
  const text = asked.kind === 'percent' ? `${asked.percent}%` : writeRate(asked.bytesPerSecond);
  const refuse = (kind: RateProblem['kind'], instead: string) =>
    bad<RateProblem>({ kind, quoted: quoted(text), instead });
  let rate: number;
  if (asked.kind === 'absolute') {
    rate = asked.bytesPerSecond;
  } else {
    if (current === UNLIMITED) {
      return refuse(
        'percent-of-unlimited',
        'write a rate such as `50MiB/s`; there is no limit now to take a percentage of',
      );
    }
    const share = BigInt(Math.round(asked.percent * PERCENT_PARTS));
    const bytes = (BigInt(current) * share) / BigInt(100 * PERCENT_PARTS);
    if (bytes < 1n) return refuse('too-small', 'write a rate of at least `1B/s`');
    if (bytes > MAX) return refuse('too-large', tooLarge());
    rate = Number(bytes);
  }
  return good(rate);
}

/** The problem of requesting the current limit where that would change nothing, not even how long it lasts. */
export function sameAsNow(asked: RequestedRate, current: number): RateProblem {
  const text = asked.kind === 'percent' ? `${asked.percent}%` : writeRate(asked.bytesPerSecond);
  const instead = `write another rate; the limit in force is ${formatRate(current)} already`;
  return { kind: 'same-as-now', quoted: quoted(text), instead };
}

/**
 * A rate for display, in bytes and bits: `50 MiB/s (419 Mbit/s)`, three significant digits. Also formats measured rates
 * (fractions, 0). {@link UNLIMITED} is `unlimited`; anything that is not a rate is `unknown`.
 */
export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond === UNLIMITED) return 'unlimited';
  if (!Number.isFinite(bytesPerSecond) || bytesPerSecond < 0) return 'unknown';
  const bytes = scaled(bytesPerSecond, 1024, ['B/s', 'KiB/s', 'MiB/s', 'GiB/s', 'TiB/s']);
  const bits = scaled(bytesPerSecond * 8, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
  return `${bytes} (${bits})`;
}

/** Text that {@link parseRate} parses to the same number: `50MiB/s`, `52428801`, `7B/s`, `unlimited`. */
export function writeRate(bytesPerSecond: number): string {
  if (bytesPerSecond === UNLIMITED) return 'unlimited';
  for (const [power, unit] of [
    [4, 'TiB/s'],
    [3, 'GiB/s'],
    [2, 'MiB/s'],
    [1, 'KiB/s'],
  ] as const) {
    const size = 1024 ** power;
    if (bytesPerSecond >= size && bytesPerSecond % size === 0) return `${bytesPerSecond / size}${unit}`;
  }
  return bytesPerSecond < MIN_BARE ? `${bytesPerSecond}B/s` : String(bytesPerSecond);
}

function parsePercent(number: string, unit: string, text: string): Result<RequestedRate, RateProblem> {
  const refuse = (kind: RateProblem['kind'], instead: string) =>
    bad<RateProblem>({ kind, quoted: quoted(text), instead });
  if (unit !== '%') return refuse('bad-percent', `write \`${number}%\` alone; it is of the limit in force`);
  if (/^[0.]+$/.test(number)) return refuse('zero', 'write a percentage above 0, such as `50%`; there is no pause');
  // Millionths of a percent are exact in a number, so the share of a large limit can be computed without error.
  if (!/^\d{1,6}(?:\.\d{1,6})?$/.test(number)) {
    return refuse('bad-percent', 'write a percentage of at most six digits, such as `50%` or `12.5%`');
  }
  return good({ kind: 'percent', percent: Number(number) });
}

/** The decimal number as an exact fraction. */
function decimal(number: string): { parts: bigint; of: bigint } {
  const [whole = '0', fraction = ''] = number.split('.');
  return { parts: BigInt(whole + fraction), of: 10n ** BigInt(fraction.length) };
}

function tooLarge(): string {
  return 'write `unlimited` for no limit; the largest limit is 9007199254740991 bytes per second';
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let left = value;
  let index = 0;
  // Rounded before the comparison, or 1023.9999 KiB/s would be shown as 1024 KiB/s.
  while (Number(threeDigits(left)) >= step && index < units.length - 1) {
    left /= step;
    index += 1;
  }
  return `${threeDigits(left)} ${units[index]}`;
}

function threeDigits(value: number): string {
  const decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, '');
}
