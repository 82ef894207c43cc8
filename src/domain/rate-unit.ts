/** A unit of rate: how many bits per second one of it is. */
interface RateUnit {
  readonly bits: bigint;
}

const PREFIXES = ['', 'K', 'M', 'G', 'T'];

/**
 * The unit that a text names for certain, or null. Bytes have an upper-case B and go by 1024 with or without the `i`, as
 * in DataSync's documents; bits are spelled out, or `Mbps` with an upper-case prefix, and go by 1000. No unit: bytes.
 */
export function readUnit(unit: string): RateUnit | null {
  if (unit === '') return { bits: 8n };
  const bytes = /^([kKMGT]?)(i?)B(?:\/s|ps)$/.exec(unit);
  if (bytes !== null && !(bytes[1] === '' && bytes[2] === 'i')) return { bits: 8n * 1024n ** power(bytes[1]) };
  const bits = /^([kmgt]?)bits?(?:\/s|ps)$/i.exec(unit) ?? /^([KMGT])bps$/.exec(unit);
  if (bits !== null) return { bits: 1000n ** power(bits[1]) };
  return null;
}

/** Why a unit that {@link readUnit} doesn't know is refused, and what to write, with the person's own number in it. */
export function unitAdvice(number: string, unit: string): { kind: 'ambiguous-unit' | 'unknown-unit'; instead: string } {
  const plain = unit.replace(/\s+/g, '');
  if (/^per-?cent|^pct/i.test(plain)) return { kind: 'unknown-unit', instead: `write \`${number}%\`` };

  const perSecond = plain.replace(/(?:\/(?:s|sec|secs|second|seconds)|p\/?s|persec(?:ond)?)?$/i, '');
  const short = /^([kmgt]?)(i?)(b?)$/i.exec(perSecond);
  if (short !== null && (short[1] !== '' || short[3] !== '')) {
    const prefix = (short[1] ?? '').toUpperCase();
    // An upper-case B is a byte, whatever was left out or misspelt around it, unless everything is in capitals.
    if (short[3] === 'B' && !/S$/.test(plain)) {
      return { kind: 'unknown-unit', instead: `write \`${number}${prefix}${prefix && short[2] ? 'i' : ''}B/s\`` };
    }
    return { kind: 'ambiguous-unit', instead: both(number, prefix, short[2] !== '') };
  }

  const spelt = /^(k|m|g|t|kilo|mega|giga|tera|kibi|mebi|gibi|tebi)?i?(bit|byte)s?$/i.exec(perSecond);
  if (spelt !== null) {
    const prefix = (spelt[1] ?? '').charAt(0).toUpperCase();
    const one = spelt[2]?.toLowerCase() === 'byte' ? `${prefix}B/s` : `${prefix}bit/s`;
    return { kind: 'unknown-unit', instead: `write \`${number}${one}\`` };
  }
  const slang = /^(kilo|meg|gig|ter)a?s?$/i.exec(perSecond);
  if (slang !== null)
    return { kind: 'ambiguous-unit', instead: both(number, slang[1]?.charAt(0).toUpperCase() ?? '', false) };
  return {
    kind: 'unknown-unit',
    instead: `write a unit such as in \`${number}MB/s\` (bytes) or \`${number}Mbit/s\` (bits)`,
  };
}

/** Whether a word after a number is its unit, be it one that is refused, and not the beginning of a reason. */
export function looksLikeUnit(word: string): boolean {
  if (word.length > 30) return false;
  return /^(?:%.*|per-?cent|pct|per|kilos?|megs?|gigs?|teras?|(?:kilo|mega|giga|tera|kibi|mebi|gibi|tebi|[kmgt]i?)(?:b|bit|byte)s?(?:\/.*|p\/?s)?|(?:b|bits?|bytes?)(?:\/.*|p\/?s)?|[kmgt](?:\/.*|ps)?|\/.*|[kmgt]i?bp)$/i.test(
    word,
  );
}

function both(number: string, prefix: string, binary: boolean): string {
  const bytes = `${prefix}${prefix !== '' && binary ? 'i' : ''}B/s`;
  return `write \`${number}${bytes}\` for bytes or \`${number}${prefix}bit/s\` for bits`;
}

function power(prefix: string | undefined): bigint {
  return BigInt(PREFIXES.indexOf((prefix ?? '').toUpperCase()));
}
