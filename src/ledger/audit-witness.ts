import type { Fault, Stretch, Taken } from './audit-chain-check.ts';
import {
  type Checkpoint,
  type CheckpointLine,
  type LineSignature,
  readCheckpointFile,
  type Signers,
  signatureOf,
} from './checkpoint-format.ts';
import { records } from './log-words.ts';

/** A checkpoint to hold the log against, and what is known of its signature. */
export interface KnownCheckpoint extends Checkpoint {
  signature: LineSignature;
}

export function knownCheckpoints(lines: readonly CheckpointLine[], by: Signers): KnownCheckpoint[] {
  return lines.map((line) => ({ ...line.checkpoint, signature: signatureOf(line, by) }));
}

/** A file of checkpoints as a witness. */
interface FileWitness {
  /** Null: there is none to be had of it. */
  checkpoints: KnownCheckpoint[] | null;
  /** What of the file can't be read, as a sentence; null: all of it can. */
  flaw: string | null;
}

const MOST_LINES_NAMED = 5;

/** @param name what the file is called before people */
export async function readWitness(file: string, name: string, by: Signers): Promise<FileWitness> {
  const read = await readCheckpointFile(file).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause) return `${cause.code}`;
    throw cause;
  });
  if (typeof read === 'string') {
    const why = read === 'ENOENT' ? 'is not there' : `can't be read (${read})`;
    return { checkpoints: null, flaw: `${name} ${why}` };
  }
  const { lines, bad } = read;
  const named = `${bad.slice(0, MOST_LINES_NAMED).join(', ')}${bad.length > MOST_LINES_NAMED ? ' …' : ''}`;
  const flaw = bad.length === 0 ? null : `${name} has lines that are no checkpoint: ${named}`;
  if (lines.length === 0) return { checkpoints: null, flaw: flaw ?? `${name} has no checkpoint in it` };
  return { checkpoints: knownCheckpoints(lines, by), flaw };
}

/**
 * Holds a log against checkpoints while it is read. A checkpoint that the log does not bear out is let pass only where an
 * accepted loss gives that record up, by its own words, and a checkpoint since then bears the acceptance out.
 */
export function createCheckpointCheck(checkpoints: readonly KnownCheckpoint[]) {
  const bySeq = new Map<number | null, KnownCheckpoint[]>();
  for (const checkpoint of checkpoints) {
    const same = bySeq.get(checkpoint.seq);
    if (same) same.push(checkpoint);
    else bySeq.set(checkpoint.seq, [checkpoint]);
  }
  /** With how many records the log has up to there. */
  const borneOut = new Map<KnownCheckpoint, number | null>();
  const losses: NonNullable<Taken['loss']>[] = [];
  const lossOf = ({ log, seq }: KnownCheckpoint) =>
    losses.find(({ seen, from }) => seen.log === log && seq >= from && seq <= seen.seq);

  function take({ seq, hash, count, loss }: Taken): void {
    if (loss) losses.push(loss);
    const seen = bySeq.get(seq);
    if (!seen) return;
    for (const checkpoint of seen) if (checkpoint.hash === hash) borneOut.set(checkpoint, count);
  }

  /** The highest place that one of these bears out, by its signature. */
  function highest(log: string | null, ...signatures: LineSignature[]): number {
    const good = [...borneOut.keys()].filter(
      (checkpoint) => signatures.includes(checkpoint.signature) && (log === null || checkpoint.log === log),
    );
    return good.reduce((most, { seq }) => Math.max(most, seq), 0);
  }

  /**
   * `conflict`: another record stands there. `missing`: none does. `forged`: a checkpoint that its key did not sign.
   * @param sealed a signature says that the log ended there at that time: what came later is no part of it
   */
  function found({ log, last, ...begin }: Pick<Stretch, 'log' | 'first' | 'opens' | 'last'>, sealed: boolean) {
    const first = begin.opens ?? begin.first;
    let conflict: Fault | null = null;
    let missing: Fault | null = null;
    let forged: Fault | null = null;
    const counts = { held: 0, givenUp: 0, before: 0, after: 0, covered: 0 };
    const signedUpTo = highest(log, 'good');
    const borneOutUpTo = highest(log, 'good', 'unsigned', 'unchecked');
    for (const checkpoint of [...checkpoints].sort((a, b) => a.seq - b.seq)) {
      const { seq, hash, signature } = checkpoint;
      const loss = lossOf(checkpoint);
      const there = borneOut.get(checkpoint);
      if (signature === 'bad') {
        forged ??= { seq: null, why: `the checkpoint of record ${seq} is not signed by AUDIT_SIGNING_KEY` };
      } else if (signature === 'unsigned-though-key') {
        // From before there was a key to sign with: a signed one stands for all records before it.
        if (seq <= signedUpTo) counts.covered += 1;
        else forged ??= { seq: null, why: `the checkpoint of record ${seq} is not signed, and a signing key is given` };
      } else if (there !== undefined && (log === null || checkpoint.log === log)) {
        counts.held += 1;
        if (there !== null && there !== checkpoint.count) {
          const why = `a checkpoint of record ${seq} counts ${records(checkpoint.count)} up to it, and there are ${there}`;
          conflict ??= { seq, why };
        }
      } else if (loss) {
        if (loss.at <= borneOutUpTo) counts.givenUp += 1;
        else {
          const why = `record ${loss.at} gives up what a checkpoint has seen of record ${seq}, and no checkpoint since then bears that out: ask whoever accepted the loss, or for a newer checkpoint`;
          missing ??= { seq, why };
        }
      } else if (log !== null && checkpoint.log !== log) {
        conflict ??= { seq: first, why: `the log is ${log}, and a checkpoint is of ${checkpoint.log}` };
      } else if (last === null) {
        missing ??= { seq: null, why: `there is no record, and a checkpoint has seen record ${seq}` };
      } else if (seq < (first ?? last)) counts.before += 1;
      else if (seq > last && sealed) counts.after += 1;
      else if (seq > last) {
        const why = `ends at ${last}, and a checkpoint has seen record ${seq} (${hash.slice(0, 20)}…)`;
        missing ??= { seq: last + 1, why };
      } else {
        conflict ??= { seq, why: `record ${seq} is not the one that a checkpoint has seen (${hash.slice(0, 20)}…)` };
      }
    }
    return { conflict, missing, forged, said: wordsOf(counts) };
  }

  function wordsOf({ held, givenUp, before, after, covered }: Record<string, number>): string {
    const some = (signature: LineSignature) => checkpoints.some((one) => one.signature === signature);
    return [
      `${held} of ${checkpoints.length} ${checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'} borne out`,
      ...(givenUp ? [`${givenUp} given up by an accepted loss`] : []),
      ...(before ? [`${before} of records before these`] : []),
      ...(after ? [`${after} of records after these`] : []),
      ...(covered ? [`${covered} not signed, before one that is`] : []),
      ...(some('unsigned') ? ['some not signed'] : []),
      ...(some('unchecked') ? ['signatures not checked, for want of AUDIT_SIGNING_KEY or --public-key'] : []),
    ].join(', ');
  }

  return { take, found };
}
