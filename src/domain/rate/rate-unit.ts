import { codePoint } from '../text/invisible.ts';

/** A unit of rate, as the bits per second of one unit. */
interface RateUnit {
  readonly bits: bigint;
}

const PREFIXES = ['', 'K', 'M', 'G', 'T'];

/**
 * The unit that a text certainly means, or null. Bytes have an upper-case B and are binary with or without the `i`, as
 * in DataSync's documentation. Bits are spelled out, or `Mbps` with an upper-case prefix, and are decimal. No unit:
 * bytes.
 */
export function readUnit(unit: string): RateUnit | null {
  if (unit === '') return { bits: 8n };
  const bytes = /^([kKMGT]?)(i?)B(?:\/s|ps)$/.exec(unit);
  if (bytes !== null && !(bytes[1] === '' && bytes[2] === 'i')) return { bits: 8n * 1024n ** power(bytes[1]) };
  const bits = /^([kmgt]?)bits?(?:\/s|ps)$/i.exec(unit) ?? /^([KMGT])bps$/.exec(unit);
  if (bits !== null) return { bits: 1000n ** power(bits[1]) };
  return null;
}

const KNOWN = 'B/s, KB/s, MB/s or GB/s for bytes, kbit/s, Mbit/s or Gbit/s for bits';

interface UnitAdvice {
  kind: 'ambiguous-unit' | 'unknown-unit';
  instead: string;
}

/**
 * Why a unit that {@link readUnit} rejects is refused, and what to write. The typed number is repeated only if the unit
 * was recognized; with another unit it would be another rate.
 */
export function unitAdvice(number: string, unit: string): UnitAdvice {
  const plain = unit.replace(/\s+/g, '');
  const write = (one: string): UnitAdvice => ({ kind: 'unknown-unit', instead: `write \`${number}${one}\`` });
  if (/^(?:per-?cent|pct)$/i.test(plain)) return write('%');

  const perSecond = plain.replace(/(?:\/(?:s|sec|secs|second|seconds)|p\/?s|per(?:sec|second))?$/i, '');
  const short = /^([kmgt]?)(i?)(b?)$/i.exec(perSecond);
  if (short !== null && (short[1] !== '' || short[3] !== '')) {
    const prefix = (short[1] ?? '').toUpperCase();
    // An upper-case B means bytes, even if something around it is missing or misspelled, unless everything is in
    // capitals.
    if (short[3] === 'B' && !/S$/.test(plain)) return write(`${prefix}${prefix && short[2] ? 'i' : ''}B/s`);
    return { kind: 'ambiguous-unit', instead: both(number, prefix, short[2] !== '') };
  }

  const spelt = /^(k|m|g|t|kilo|mega|giga|tera|kibi|mebi|gibi|tebi)?(i?)(bit|byte|octet|o)s?$/i.exec(perSecond);
  if (spelt !== null) {
    const prefix = (spelt[1] ?? '').charAt(0).toUpperCase();
    if (spelt[3]?.toLowerCase() !== 'bit') return write(`${prefix}B/s`);
    // Bits are accepted only in decimal units; a binary unit would be another rate.
    if (spelt[2] === '' && !/^.[ei]bi/i.test(perSecond)) return write(`${prefix}bit/s`);
  }
  const cyrillic = /^([кмгт]?)(бит|б)\/(?:с|сек)$/i.exec(plain);
  if (cyrillic !== null) {
    const prefix = 'KMGT'.charAt('КМГТ'.indexOf((cyrillic[1] ?? '').toUpperCase() || '-'));
    if (cyrillic[2] !== 'б') return write(`${prefix}${cyrillic[2] === 'Б' ? 'B' : 'bit'}/s`);
    return { kind: 'ambiguous-unit', instead: both(number, prefix, false) };
  }
  const slang = /^(kilo|meg|gig|ter)a?s?$/i.exec(perSecond);
  if (slang !== null)
    return { kind: 'ambiguous-unit', instead: both(number, slang[1]?.charAt(0).toUpperCase() ?? '', false) };

  const [strange] = /[^ -~]/u.exec(plain) ?? [];
  const named = strange === undefined ? '' : `; the character ${codePoint(strange)} is in none of them`;
  return { kind: 'unknown-unit', instead: `write a known unit after the number: ${KNOWN}${named}` };
}

function both(number: string, prefix: string, binary: boolean): string {
  if (binary)
    return `write \`${number}${prefix}iB/s\` if bytes are meant; bits are written in kbit/s, Mbit/s or Gbit/s`;
  return `write \`${number}${prefix}B/s\` for bytes or \`${number}${prefix}bit/s\` for bits`;
}

function power(prefix: string | undefined): bigint {
  return BigInt(PREFIXES.indexOf((prefix ?? '').toUpperCase()));
}
