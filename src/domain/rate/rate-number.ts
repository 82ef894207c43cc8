import { readUnit, unitAdvice } from './rate-unit.ts';

/** A typed number: plain, clear but written differently, or ambiguous or unreadable. */
type TypedNumber =
  | { readonly kind: 'plain' }
  | { readonly kind: 'clear'; readonly number: string }
  /** A thousands or a decimal separator: both readings. */
  | { readonly kind: 'both-ways'; readonly whole: string; readonly point: string }
  | { readonly kind: 'unclear' };

const GROUPED = /^\d{1,3}(?:([.,'’_])\d{3})(?:\1\d{3})*$/;
const SEPARATORS = /[.,'’_]/g;
/** From here on hardly anybody means megabytes. */
const MANY = 10_000;

/**
 * Interprets a number with or without separators. In `1.500` the point may mark thousands where the comma of `1,500`
 * marks decimals, and the other way round.
 */
export function readNumber(typed: string): TypedNumber {
  const separators = new Set(typed.match(SEPARATORS));
  const twoWays = /^([1-9]\d{0,2})[.,](\d{3})$/.exec(typed);
  if (twoWays) {
    const [, whole = '', rest = ''] = twoWays;
    const decimals = rest.replace(/0+$/, '');
    return { kind: 'both-ways', whole: `${whole}${rest}`, point: decimals === '' ? whole : `${whole}.${decimals}` };
  }
  if (/^\d+(?:\.\d+)?$/.test(typed)) return { kind: 'plain' };
  if (GROUPED.test(typed) && !typed.startsWith('0')) return { kind: 'clear', number: typed.replace(SEPARATORS, '') };
  // 1,234.5 and 1.234,5: the last separator is the decimal one.
  const english = /^\d{1,3}(?:,\d{3})+\.\d+$/.test(typed);
  if (english) return { kind: 'clear', number: typed.replaceAll(',', '') };
  const continental = /^\d{1,3}(?:\.\d{3})+,\d+$/.test(typed);
  if (continental) return { kind: 'clear', number: typed.replaceAll('.', '').replace(',', '.') };
  if (/^\d*,\d+$/.test(typed))
    return { kind: 'clear', number: `${typed.startsWith(',') ? '0' : ''}${typed.replace(',', '.')}` };
  if (/^\.\d+$/.test(typed)) return { kind: 'clear', number: `0${typed}` };
  if (separators.size === 1 && /^\d+[.,]$/.test(typed)) return { kind: 'clear', number: typed.slice(0, -1) };
  return { kind: 'unclear' };
}

/** What to write instead of a number that is not plain, with the unit that was typed. */
export function numberAdvice(of: Exclude<TypedNumber, { kind: 'plain' }>, unit: string): string {
  switch (of.kind) {
    case 'clear':
      return clearAdvice(of.number, unit);
    case 'both-ways':
      return isKnown(unit)
        ? `write \`${of.whole}${unit}\` or \`${of.point}${unit}\`: the separator can be read both ways`
        : 'write the number without a separator, and with its unit: the separator can be read both ways';
    case 'unclear':
      return 'write the number without separators, and with its unit';
  }
}

/** Digits with spaces: in groups of three they are one number, otherwise they are ambiguous. */
export function spacedAdvice(typed: string): string {
  const [, digits, unit = ''] = /^([1-9]\d{0,2}(?:\s\d{3})+)(?![\d.,'’_])\s*(.*)$/s.exec(typed) ?? [];
  if (digits === undefined) return 'write one number and its unit, without spaces between the digits';
  const number = digits.replace(/\s/g, '');
  return `${clearAdvice(number, unit)}, without spaces between the digits`;
}

/** A number without a unit that is too small to be meant as bytes per second. */
export function bareAdvice(number: string): string {
  if (Number(number) >= MANY) return `write its unit too: \`${number}B/s\` for bytes per second`;
  const least = Number(number) >= 1 ? `, or \`${number}B/s\` for single bytes` : '';
  return `write its unit too: \`${number}MB/s\` for megabytes, \`${number}Mbit/s\` for megabits${least}`;
}

function clearAdvice(number: string, unit: string): string {
  if (isKnown(unit)) return `write \`${number}${unit}\``;
  if (unit !== '') return unitAdvice(number, unit).instead;
  return Number(number) >= 1024 ** 2 ? `write \`${number}\`` : bareAdvice(number);
}

function isKnown(unit: string): boolean {
  return unit === '%' || (unit !== '' && readUnit(unit) !== null);
}
