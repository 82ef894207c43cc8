import { open } from 'node:fs/promises';
import { readCheckpointLine } from '../../audit/format/checkpoint-format.ts';
import { readHeadLine, readRecordLine } from '../../audit/format/export-format.ts';

/** Enough to recognize a file by. */
export const BEGIN_BYTES = 64 * 1024;

const MAGIC: readonly [number[], string][] = [
  [[0x1f, 0x8b], 'is compressed (gzip): unpack it first, with gunzip'],
  [
    [0x50, 0x4b, 0x03, 0x04],
    'is a ZIP archive, or a spreadsheet saved as one: unpack it first; of a spreadsheet only the export that it was made from can be verified',
  ],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is compressed (zstd): unpack it first'],
  [[0x42, 0x5a, 0x68], 'is compressed (bzip2): unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'is compressed (xz): unpack it first'],
];

const UTF16 =
  'is UTF-16 text, and an export is UTF-8: save it as UTF-8, or export again with --out instead of > in PowerShell';
const CSV =
  'is a CSV export, which can’t be verified: export with --format jsonl. A CSV leaves out what the hashes are made of';
const HTML =
  'is an HTML page, such as a sign-in or error page that was downloaded instead of the file: download it again';
const ARRAY = 'is one JSON array, and an export is one JSON object per line: use the file as `audit export` wrote it';
const PRETTY =
  'is JSON spread over several lines, and an export is one JSON object per line: use the file as `audit export` wrote it';

/**
 * What a file is that was given as an export or as checkpoints and is not, as the rest of a sentence that says what to do.
 * Null where it may be one, also a damaged one.
 */
export function otherFile(begin: Buffer, wanted: 'export' | 'checkpoints'): string | null {
  const packed = MAGIC.find(([bytes]) => bytes.every((byte, place) => begin[place] === byte));
  if (packed) return packed[1];
  if (isUtf16(begin)) return UTF16;
  const text = begin.toString('utf8').replace(/^\ufeff/, '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  const start = first.trimStart();
  if (start === '') return 'has nothing but blank lines in it';
  if (/^"?seq"?[,;\t]"?at"?[,;\t]/.test(start)) return CSV;
  if (/^<(?:!doctype|html|head|body|\?xml)/i.test(start)) return HTML;
  if (/^\[\s*(?:\{|\]|$)/.test(start)) return ARRAY;
  if (/^\{\s*(?:"[^"]*"\s*:\s*\{?\s*)?$/.test(start)) return PRETTY;
  if (/^-----BEGIN [A-Z ]+-----/.test(start)) return 'is a key: give it with --public-key';
  const isCheckpoint = readCheckpointLine(first.trim()) !== null;
  const isExport = readHeadLine(first) !== null || lines.some((line) => !('problem' in readRecordLine(line)));
  if (wanted === 'export' && isCheckpoint) return 'holds checkpoints: give it with --checkpoints';
  if (wanted === 'checkpoints' && isExport) return 'is an export: give it with --file';
  // A line of JSON that is not a record may be a damaged one.
  const known = lines.some((line) => line.trimStart().startsWith('{'));
  return wanted === 'export' && !known && !isExport ? 'is no export: no line of it is a JSON object' : null;
}

/** With a byte order mark, or without one: then every other byte of ASCII text is zero. */
function isUtf16(begin: Buffer): boolean {
  const [first, second] = begin;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (
    begin.length >= 4 &&
    [0, 1].some((zero) => [0, 2].every((pair) => begin[pair + zero] === 0 && begin[pair + 1 - zero] !== 0))
  );
}

/** The beginning of a file; null where it can't be read, or is not a regular file, which can be read twice. */
export async function beginOf(file: string): Promise<Buffer | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    if (!(await handle.stat()).isFile()) return null;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGIN_BYTES), 0, BEGIN_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
