import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type CheckpointLine, readCheckpointLine, type Signers } from '../format/checkpoint-format.ts';
import { linesOf } from '../format/lines-of.ts';
import { type KnownCheckpoint, knownCheckpoints } from '../verify/checkpoint-check.ts';

const MAX_LINES_NAMED = 5;

/** The checkpoints in a file. `bad`: the numbers of lines that are none, cut short by a crash or damaged. */
export async function readCheckpointFile(file: string): Promise<{ lines: CheckpointLine[]; bad: number[] }> {
  const lines: CheckpointLine[] = [];
  const bad: number[] = [];
  let number = 0;
  for await (const line of linesOf(createReadStream(file))) {
    number += 1;
    const read = readCheckpointLine(line);
    if (read) lines.push(read);
    else if (line.trim() !== '') bad.push(number);
  }
  return { lines, bad };
}

/** Appends lines and waits until they are on disk. A last line that a crash cut short is ended first. */
export async function appendCheckpoints(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const begin = size > 0 && last.toString() !== '\n' ? '\n' : '';
    await handle.appendFile(begin + lines.join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The checkpoints of a file. */
interface KnownCheckpoints {
  /** Null: the file has none that can be read. */
  checkpoints: KnownCheckpoint[] | null;
  /** What in the file can't be read, as a sentence; null: all of it can. */
  flaw: string | null;
}

/** @param name how messages name the file */
export async function readKnownCheckpoints(file: string, name: string, by: Signers): Promise<KnownCheckpoints> {
  const read = await readCheckpointFile(file).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause) return `${cause.code}`;
    throw cause;
  });
  if (typeof read === 'string') {
    const why = read === 'ENOENT' ? 'is not there' : `can't be read (${read})`;
    return { checkpoints: null, flaw: `${name} ${why}` };
  }
  const { lines, bad } = read;
  const named = `${bad.slice(0, MAX_LINES_NAMED).join(', ')}${bad.length > MAX_LINES_NAMED ? ' …' : ''}`;
  const flaw = bad.length === 0 ? null : `${name} has lines that are no checkpoint: ${named}`;
  if (lines.length === 0) return { checkpoints: null, flaw: flaw ?? `${name} has no checkpoint in it` };
  return { checkpoints: knownCheckpoints(lines, by), flaw };
}
