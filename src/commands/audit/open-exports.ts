import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { signatureOf } from '../../audit/format/checkpoint-format.ts';
import { readHeadLine, readRecordLine } from '../../audit/format/export-format.ts';
import { linePagesOf } from '../../audit/format/lines-of.ts';
import type { Unverified } from '../../audit/verify/chain-check.ts';
import type { LogPart } from '../../audit/verify/verify-log.ts';
import { printable } from '../../domain/text/printable.ts';
import { CannotRun } from '../cannot-run.ts';
import { BEGIN_BYTES, otherFile } from './other-file.ts';

type Note = (words: string) => void;

/**
 * Opens exports for verification, sorted by their records.
 * @throws CannotRun where a file is not an export, with what it is
 */
export async function openExports(
  files: readonly string[],
  signers: readonly KeyObject[],
  note: Note,
  several = files.length > 1,
): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  for (const file of files) parts.push(await openExport(file, signers, note, several));
  const firstOf = ({ head }: LogPart) => head.claim?.first ?? 0;
  return parts.sort((a, b) => firstOf(a) - firstOf(b));
}

/** @param several whether messages must name the file */
async function openExport(file: string, signers: readonly KeyObject[], note: Note, several: boolean): Promise<LogPart> {
  const shown = printable(file);
  const { begin, pieces } = await beginning(file).catch((cause: unknown) => {
    const isFolder = cause instanceof Error && 'code' in cause && cause.code === 'EISDIR';
    if (isFolder) throw new CannotRun(`${shown} is a directory: give the export in it`);
    throw new CannotRun(`${shown} can't be read`, { cause });
  });
  if (begin.length === 0) throw new CannotRun(`${shown} is empty, and an export never is`);
  const other = otherFile(begin, 'export');
  if (other !== null) throw new CannotRun(`${shown} ${other}`);
  const lines = numbered(linePagesOf(pieces), (count, first) =>
    note(
      `${shown} has ${count} blank ${count === 1 ? 'line' : 'lines'} (the first: line ${first}), skipped: an export has none, so somebody edited it`,
    ),
  );
  const { value: page } = await lines.next();
  const [first, ...rest] = page ?? [];
  // A byte order mark, which some editors add, is not part of the line.
  const line = (first?.line ?? '').replace(/^\ufeff/, '');
  const headLine = readHeadLine(line);
  const name = several ? `the head of ${shown}` : "the export's head";
  const head = { name, claim: headLine?.head ?? null, signature: headLine && signatureOf(headLine, signers) };
  return { head, records: records(lines, rest, headLine ? null : line, several ? `${shown}, ` : '') };
}

/** The first bytes of a file, and all of its bytes in chunks. The file may be a pipe, which can be read only once. */
async function beginning(file: string): Promise<{ begin: Buffer; pieces: AsyncGenerator<Buffer> }> {
  const stream = createReadStream(file)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const read: Buffer[] = [];
  let length = 0;
  while (length < BEGIN_BYTES) {
    const { done, value } = await stream.next();
    if (done) break;
    read.push(value);
    length += value.length;
  }
  async function* pieces() {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => stream };
  }
  return { begin: Buffer.concat(read), pieces: pieces() };
}

interface Line {
  line: string;
  number: number;
}

/**
 * The lines with their numbers, without blank ones. Skipping these hides nothing: a record that was blanked out is missing
 * in the chain, or at the end that the head names.
 */
async function* numbered(
  pages: AsyncIterable<string[]>,
  onBlank: (count: number, first: number) => void,
): AsyncGenerator<Line[], undefined> {
  let number = 0;
  let blank = 0;
  let firstBlank = 0;
  for await (const page of pages) {
    const lines: Line[] = [];
    for (const line of page) {
      number += 1;
      if (!isBlank(line)) lines.push({ line, number });
      else {
        blank += 1;
        firstBlank ||= number;
      }
    }
    if (lines.length > 0) yield lines;
  }
  if (blank > 0) onBlank(blank, firstBlank);
}

function isBlank(line: string): boolean {
  return line.charCodeAt(0) !== 0x7b && /^[ \t\r]*$/.test(line);
}

/** `first`: the first line, if it is not a head. It may be a record, of an export that lost its head. */
async function* records(
  pages: AsyncIterable<Line[]>,
  begin: Line[],
  first: string | null,
  file: string,
): AsyncGenerator<Unverified[]> {
  const firstRecord = first === null ? null : readRecordLine(first);
  if (firstRecord && !('problem' in firstRecord)) yield [{ where: `${file}line 1`, ...firstRecord }];
  const read = ({ line, number }: Line): Unverified => {
    const record = readRecordLine(line);
    const where = `${file}line ${number}`;
    if ('problem' in record) return { where, problem: record.problem };
    const { bytes, hash, mac, kid } = record;
    return { where, bytes, hash, mac, kid };
  };
  yield begin.map(read);
  for await (const lines of pages) yield lines.map(read);
}
