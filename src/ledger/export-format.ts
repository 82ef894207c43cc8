import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What an export says of itself in its first line. Nulls: there was no record in the range. */
export interface ExportHead {
  log: string | null;
  first: number | null;
  last: number | null;
  /** Of the last record, hex. */
  hash: string | null;
  count: number;
  /** When it was made, ISO 8601. */
  at: string;
}

/** A record as an export carries it; hash and mac in hex. */
export interface ExportedRecord {
  bytes: string;
  hash: string;
  mac: string;
  kid: string;
}

export interface HeadLine {
  head: ExportHead;
  /** The exact text of the `export` value, which the signature is over. */
  text: string;
  sig: string | null;
}

/** Longer than any record: what is longer is damaged, and not worth the memory. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** The first line of an export, signed (Ed25519, base64) where there is a key. */
export function writeHeadLine({ log, first, last, hash, count, at }: ExportHead, signingKey: KeyObject | null): string {
  const text = JSON.stringify({ log, first, last, hash, count, at });
  const sig = signingKey && sign(null, Buffer.from(text), signingKey).toString('base64');
  return `{"export":${text}${sig ? `,"sig":"${sig}"` : ''}}\n`;
}

export function writeRecordLine({ bytes, hash, mac, kid }: ExportedRecord): string {
  return `${JSON.stringify({ bytes, hash, mac, kid })}\n`;
}

/** Null where the line is no head line. */
export function readHeadLine(line: string): HeadLine | null {
  // The value's own text is what is signed, so it is cut out and not written anew. Its values hold no braces.
  const [, text, sig] =
    /^\s*\{\s*"export"\s*:\s*(\{[^{}]*\})\s*(?:,\s*"sig"\s*:\s*"([A-Za-z0-9+/=]*)"\s*)?\}\s*$/.exec(line) ?? [];
  const head = text === undefined ? null : parseObject(text);
  if (text === undefined || head === null) return null;
  const { log, first, last, hash, count, at } = head;
  const empty = count === 0 && log === null && first === null && last === null && hash === null;
  const full =
    isSeq(count) && typeof log === 'string' && isSeq(first) && isSeq(last) && typeof hash === 'string' && isHash(hash);
  if ((!empty && !full) || typeof at !== 'string' || Object.keys(head).length !== 6) return null;
  return { head: { log, first, last, hash, count, at } as ExportHead, text, sig: sig ?? null };
}

/** By the public half of the key that signs. */
export function isSignedBy({ text, sig }: HeadLine, signingKey: KeyObject): boolean {
  return verify(null, Buffer.from(text), createPublicKey(signingKey), Buffer.from(sig ?? '', 'base64'));
}

/** The four fields of a line, or what is wrong with it as the rest of a sentence. */
export function readRecordLine(line: string): ExportedRecord | { problem: string } {
  const found = parseObject(line);
  if (found === null) return { problem: 'is not a JSON object' };
  return readFields(found);
}

/** The same for fields that come from elsewhere. */
export function readFields(found: Readonly<Record<string, unknown>>): ExportedRecord | { problem: string } {
  const { bytes, hash, mac, kid } = found;
  if (typeof bytes !== 'string') return { problem: 'has no `bytes`' };
  if (typeof hash !== 'string' || !isHash(hash)) return { problem: 'has no `hash` of 64 hex digits' };
  if (typeof mac !== 'string' || !isHash(mac)) return { problem: 'has no `mac` of 64 hex digits' };
  if (typeof kid !== 'string' || kid === '') return { problem: 'has no `kid`' };
  return Object.keys(found).length === 4 ? { bytes, hash, mac, kid } : { problem: 'has a field that no record has' };
}

/** The lines of a text that comes in pieces, without their ends. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const lines of linePagesOf(pieces)) yield* lines;
}

/**
 * The same, as many lines at a time as a piece brings. Only a line feed ends a line: JSON text may hold the other
 * characters that Node's readline would split at. What is left of a line that is too long is skipped.
 */
export async function* linePagesOf(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  let skipping = false;
  for await (const piece of pieces) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    if (skipping && lines.length > 0) {
      lines.shift();
      skipping = false;
    }
    if (rest.length > LONGEST_LINE) {
      if (!skipping) lines.push(rest.slice(0, LONGEST_LINE));
      skipping = true;
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  if (rest !== '' && !skipping) yield [rest];
}

export function parseObject(text: string): Record<string, unknown> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
