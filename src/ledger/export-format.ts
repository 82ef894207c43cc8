import { isUtf8 } from 'node:buffer';
import { type KeyObject, sign } from 'node:crypto';
import { printableJson } from '../domain/printable.ts';

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
  const text = printableJson({ log, first, last, hash, count, at });
  const sig = signingKey && sign(null, Buffer.from(text), signingKey).toString('base64');
  return `{"export":${text}${sig ? `,"sig":"${sig}"` : ''}}\n`;
}

export function writeRecordLine({ bytes, hash, mac, kid }: ExportedRecord): string {
  return `${printableJson({ bytes, hash, mac, kid })}\n`;
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

/** The four fields of a line, or what is wrong with it as the rest of a sentence. */
export function readRecordLine(line: string): ExportedRecord | { problem: string } {
  const written = readOwnLine(line);
  if (written !== null) return written;
  const found = parseObject(line);
  if (found === null) return { problem: 'is not a JSON object' };
  const record = readFields(found);
  // Of a thing said twice only one is read, and another reader may take the other. Another hand may have written the line.
  return 'problem' in record || textsIn(line) === 8 ? record : { problem: 'says a thing twice' };
}

const BEGIN = '{"bytes":';
const AFTER_BYTES = '","hash":"';
const REST = /^","hash":"([0-9a-f]{64})","mac":"([0-9a-f]{64})","kid":"([!#-[\]-~]+)"\}$/;

/** Reads a line that stands as `writeRecordLine` writes it, where each thing can be said once only; null for all others. */
function readOwnLine(line: string): ExportedRecord | null {
  // Within a text a quote is escaped, so that this is found where `bytes` ends, and in no record.
  const end = line.indexOf(AFTER_BYTES, BEGIN.length);
  const rest = end === -1 || !line.startsWith(BEGIN) ? null : REST.exec(line.slice(end));
  const bytes = rest && parseText(line.slice(BEGIN.length, end + 1));
  if (rest === null || bytes === null) return null;
  return { bytes, hash: rest[1] as string, mac: rest[2] as string, kid: rest[3] as string };
}

/** How many texts stand in JSON, names of fields among them. */
function textsIn(json: string): number {
  let count = 0;
  for (let begin = json.indexOf('"'); begin !== -1; count += 1) {
    let end = json.indexOf('"', begin + 1);
    while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
    begin = end === -1 ? -1 : json.indexOf('"', end + 1);
  }
  return count;
}

function isEscaped(json: string, place: number): boolean {
  let begin = place;
  while (json[begin - 1] === '\\') begin -= 1;
  return (place - begin) % 2 === 1;
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

/** What stands for a line that is not UTF-8: no JSON, so that nobody takes it for good. */
const UNREADABLE = '\ufffd';
const LINE_FEED = 10;

/** The lines of a file that comes in pieces, without their ends. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const lines of linePagesOf(pieces)) yield* lines;
}

/**
 * The same, as many lines at a time as a piece brings. Only a line feed ends a line: JSON text may hold the other
 * characters that Node's readline would split at. What is left of a line that is too long is skipped.
 */
export async function* linePagesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let length = 0;
  let skipping = false;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(LINE_FEED);
    const lines = end === -1 ? [] : decoded(Buffer.concat([...rest, piece.subarray(0, end)]));
    if (end !== -1) {
      if (skipping) lines.shift();
      skipping = false;
      rest = [];
      length = 0;
    }
    rest.push(piece.subarray(end + 1));
    length += piece.length - end - 1;
    if (length > LONGEST_LINE) {
      if (!skipping) lines.push(UNREADABLE);
      skipping = true;
      rest = [];
      length = 0;
    }
    if (lines.length > 0) yield lines;
  }
  if (length > 0 && !skipping) yield decoded(Buffer.concat(rest));
}

/**
 * A decoder puts one and the same character in the place of whatever is none: a record that holds it could be changed
 * unseen. So a line with such a place in it is no line.
 */
function decoded(text: Buffer): string[] {
  if (isUtf8(text)) return text.toString('utf8').split('\n');
  const lines: string[] = [];
  for (let begin = 0; begin <= text.length; ) {
    const found = text.indexOf(LINE_FEED, begin);
    const end = found === -1 ? text.length : found;
    const line = text.subarray(begin, end);
    lines.push(isUtf8(line) ? line.toString('utf8') : UNREADABLE);
    begin = end + 1;
  }
  return lines;
}

/** Deeper than any record. JSON is read at any depth, and not written: whoever planted such a record must stop nobody. */
const DEEPEST = 32;

/** A record's bytes as the object that they are; null where they are none, or one nested too deep. */
export function parseRecord(bytes: string): Record<string, unknown> | null {
  return isTooDeep(bytes) ? null : parseObject(bytes);
}

export function isTooDeep(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let place = 0; place < json.length; place++) {
    const character = json.charCodeAt(place);
    if (inText && character === 0x5c) place += 1;
    else if (character === 0x22) inText = !inText;
    else if (inText) continue;
    else if (character === 0x7b || character === 0x5b) depth += 1;
    else if (character === 0x7d || character === 0x5d) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

export function parseObject(text: string): Record<string, unknown> | null {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function parseText(json: string): string | null {
  const value = parsed(json);
  return typeof value === 'string' ? value : null;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
