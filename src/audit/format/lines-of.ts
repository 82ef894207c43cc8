import { isUtf8 } from 'node:buffer';

/** Longer than any record: a longer line is damaged, and not worth the memory. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** Stands for a line that can't be read. It is not JSON, so nobody takes it for a record. */
const UNREADABLE = '\ufffd';
const LINE_FEED = 10;

/** The lines of a file that comes in chunks, without their line feeds. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const lines of linePagesOf(chunks)) yield* lines;
}

/**
 * The same, as many lines at a time as a chunk brings. Only a line feed ends a line: JSON text may contain the other
 * characters at which Node's readline would split. The rest of a line that is too long is skipped.
 */
export async function* linePagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let length = 0;
  let skipping = false;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED);
    const lines = end === -1 ? [] : decoded(Buffer.concat([...rest, chunk.subarray(0, end)]));
    if (end !== -1) {
      if (skipping) lines.shift();
      skipping = false;
      rest = [];
      length = 0;
    }
    rest.push(chunk.subarray(end + 1));
    length += chunk.length - end - 1;
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
 * The lines of a text. A decoder replaces all invalid bytes by the same character, so such bytes could be changed without
 * anyone noticing. A line that is not UTF-8 is therefore unreadable.
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
