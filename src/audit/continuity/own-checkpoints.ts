import type { KeyObject } from 'node:crypto';
import { bad, good, type Result } from '../../domain/result.ts';
import { printable } from '../../domain/text/printable.ts';
import { type Checkpoint, signatureOf } from '../format/checkpoint-format.ts';
import { readCheckpointFile } from '../log/checkpoint-file.ts';

/**
 * The checkpoints in the bot's own file, in the order of the file; with a signing key, only those that it signed. None where
 * there is no such file yet. A problem, as a sentence, where the file is not empty and no checkpoint in it can be trusted:
 * then it is not known whether the log is complete.
 * @throws where the file can't be read
 */
export async function readOwnCheckpoints(file: string, key: KeyObject | null): Promise<Result<Checkpoint[], string>> {
  const read = await readCheckpointFile(file).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { lines: [], bad: [] };
    throw cause;
  });
  const own = read.lines.filter((line) => key === null || signatureOf(line, key) === 'good');
  if (own.length > 0 || read.lines.length + read.bad.length === 0) return good(own.map(({ checkpoint }) => checkpoint));
  return bad(
    read.lines.length === 0
      ? `AUDIT_CHECKPOINT_FILE ${printable(file)} holds no checkpoint, but something else\n  expected: a file for checkpoints alone`
      : `AUDIT_CHECKPOINT_FILE ${printable(file)} holds checkpoints, and none is signed by AUDIT_SIGNING_KEY: it is not known whether the log is whole\n  expected: the key that signed them; where it was changed, or set for the first time, look at the log with \`audit verify --checkpoints\` under the old one, and then begin a new file`,
  );
}

/** The highest checkpoint of the newest one's log; null where there is none. */
export function highestOf(checkpoints: readonly Checkpoint[]): Checkpoint | null {
  const newest = checkpoints.at(-1);
  if (!newest) return null;
  const ofLog = checkpoints.filter(({ log }) => log === newest.log);
  return ofLog.reduce((highest, checkpoint) => (checkpoint.seq > highest.seq ? checkpoint : highest), newest);
}
