import { type KeyObject, sign } from 'node:crypto';
import { printableJson } from '../../domain/text/printable.ts';
import { isHash, isSeq, parseObject, parseText } from './parse-json.ts';

/** The first line of an export says what is in it. Nulls: there was no record in the range. */
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

/** How the records of an export are written. */
export interface ExportForm {
  head(head: ExportHead): string;
  record(record: ExportedRecord): string;
}

/** The contract's JSON lines. The head is signed where there is a key. */
export function jsonLines(signingKey: KeyObject | null): ExportForm {
  return { head: (head) => writeHeadLine(head, signingKey), record: writeRecordLine };
}

/** The first line of an export, signed (Ed25519, base64) where there is a key. */
function writeHeadLine({ log, first, last, hash, count, at }: ExportHead, signingKey: KeyObject | null): string {
  const text = printableJson({ log, first, last, hash, count, at });
  const sig = signingKey && sign(null, Buffer.from(text), signingKey).toString('base64');
  return `{"export":${text}${sig ? `,"sig":"${sig}"` : ''}}\n`;
}

export function writeRecordLine({ bytes, hash, mac, kid }: ExportedRecord): string {
  return `${printableJson({ bytes, hash, mac, kid })}\n`;
}

/** Null where this is not a head line. */
export function readHeadLine(line: string): HeadLine | null {
  // The signature is over the exact text of the value, so that text is cut out of the line. Its values contain no braces.
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
  // Of a field that is there twice, JSON readers differ in which one they take. A line not written by this bot may have one.
  return 'problem' in record || textsIn(line) === 8 ? record : { problem: 'says a thing twice' };
}

const BEGIN = '{"bytes":';
const AFTER_BYTES = '","hash":"';
const REST = /^","hash":"([0-9a-f]{64})","mac":"([0-9a-f]{64})","kid":"([!#-[\]-~]+)"\}$/;

/** Reads a line exactly as `writeRecordLine` writes it, which has each field once only; null for all others. */
function readOwnLine(line: string): ExportedRecord | null {
  // Quotes within a text are escaped, so the first match is where `bytes` ends.
  const end = line.indexOf(AFTER_BYTES, BEGIN.length);
  const rest = end === -1 || !line.startsWith(BEGIN) ? null : REST.exec(line.slice(end));
  const bytes = rest && parseText(line.slice(BEGIN.length, end + 1));
  if (rest === null || bytes === null) return null;
  return { bytes, hash: rest[1] as string, mac: rest[2] as string, kid: rest[3] as string };
}

/** How many strings there are in some JSON, including the names of fields. */
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

/** The same for fields from another source. */
export function readFields(found: Readonly<Record<string, unknown>>): ExportedRecord | { problem: string } {
  const { bytes, hash, mac, kid } = found;
  if (typeof bytes !== 'string') return { problem: 'has no `bytes`' };
  if (typeof hash !== 'string' || !isHash(hash)) return { problem: 'has no `hash` of 64 hex digits' };
  if (typeof mac !== 'string' || !isHash(mac)) return { problem: 'has no `mac` of 64 hex digits' };
  if (typeof kid !== 'string' || kid === '') return { problem: 'has no `kid`' };
  return Object.keys(found).length === 4 ? { bytes, hash, mac, kid } : { problem: 'has a field that no record has' };
}
