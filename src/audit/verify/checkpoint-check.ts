import {
  type Checkpoint,
  type CheckpointLine,
  type LineSignature,
  type Signers,
  signatureOf,
} from '../format/checkpoint-format.ts';
import { formatRecords } from '../format/format-counts.ts';
import type { CheckedRecord } from './chain-check.ts';
import type { LogSummary } from './part-summary.ts';
import type { Fault } from './verdict.ts';

/** A checkpoint that the log is compared with, and the state of its signature. */
export interface KnownCheckpoint extends Checkpoint {
  signature: LineSignature;
}

export function knownCheckpoints(lines: readonly CheckpointLine[], by: Signers): KnownCheckpoint[] {
  return lines.map((line) => ({ ...line.checkpoint, signature: signatureOf(line, by) }));
}

/**
 * Compares a log with checkpoints while it is read. A checkpoint that does not match the log is accepted only where an
 * accepted loss gives up its record, and a later checkpoint confirms the record of that acceptance.
 */
export function createCheckpointCheck(checkpoints: readonly KnownCheckpoint[]) {
  const bySeq = new Map<number | null, KnownCheckpoint[]>();
  for (const checkpoint of checkpoints) {
    const same = bySeq.get(checkpoint.seq);
    if (same) same.push(checkpoint);
    else bySeq.set(checkpoint.seq, [checkpoint]);
  }
  /** Those that match, with how many records the log has up to there. */
  const matching = new Map<KnownCheckpoint, number | null>();
  const losses: NonNullable<CheckedRecord['loss']>[] = [];
  const lossOf = ({ log, seq }: KnownCheckpoint) =>
    losses.find(({ seen, from }) => seen.log === log && seq >= from && seq <= seen.seq);

  function add({ seq, hash, count, loss }: CheckedRecord): void {
    if (loss) losses.push(loss);
    const same = bySeq.get(seq);
    if (!same) return;
    for (const checkpoint of same) if (checkpoint.hash === hash) matching.set(checkpoint, count);
  }

  /** The highest place for which a matching checkpoint has one of these signatures. */
  function highest(log: string | null, ...signatures: LineSignature[]): number {
    const good = [...matching.keys()].filter(
      (checkpoint) => signatures.includes(checkpoint.signature) && (log === null || checkpoint.log === log),
    );
    return good.reduce((most, { seq }) => Math.max(most, seq), 0);
  }

  /**
   * `conflict`: there is another record in that place. `missing`: there is none. `forged`: its key did not sign it.
   * @param endSigned a signature says that the log ended there: checkpoints of later records are not missing then
   */
  function found({ log, last, ...begin }: LogSummary, endSigned: boolean) {
    const first = begin.gapFrom ?? begin.first;
    let conflict: Fault | null = null;
    let missing: Fault | null = null;
    let forged: Fault | null = null;
    const counts = { matched: 0, givenUp: 0, before: 0, after: 0, covered: 0 };
    const signedUpTo = highest(log, 'good');
    const matchedUpTo = highest(log, 'good', 'unsigned', 'unchecked');
    for (const checkpoint of [...checkpoints].sort((a, b) => a.seq - b.seq)) {
      const { seq, hash, signature } = checkpoint;
      const loss = lossOf(checkpoint);
      const there = matching.get(checkpoint);
      if (signature === 'bad') {
        forged ??= { seq: null, why: `the checkpoint of record ${seq} is not signed by AUDIT_SIGNING_KEY` };
      } else if (signature === 'unsigned-though-key') {
        // It may be from before there was a signing key. A later one that is signed covers all records before it.
        if (seq <= signedUpTo) counts.covered += 1;
        else forged ??= { seq: null, why: `the checkpoint of record ${seq} is not signed, and a signing key is given` };
      } else if (there !== undefined && (log === null || checkpoint.log === log)) {
        counts.matched += 1;
        if (there !== null && there !== checkpoint.count) {
          const why = `a checkpoint of record ${seq} counts ${formatRecords(checkpoint.count)} up to it, and there are ${there}`;
          conflict ??= { seq, why };
        }
      } else if (loss) {
        if (loss.at <= matchedUpTo) counts.givenUp += 1;
        else {
          const why = `record ${loss.at} gives up what a checkpoint has seen of record ${seq}, and no checkpoint since then bears that out: ask whoever accepted the loss, or for a newer checkpoint`;
          missing ??= { seq, why };
        }
      } else if (log !== null && checkpoint.log !== log) {
        conflict ??= { seq: first, why: `the log is ${log}, and a checkpoint is of ${checkpoint.log}` };
      } else if (last === null) {
        missing ??= { seq: null, why: `there is no record, and a checkpoint has seen record ${seq}` };
      } else if (seq < (first ?? last)) counts.before += 1;
      else if (seq > last && endSigned) counts.after += 1;
      else if (seq > last) {
        const why = `ends at ${last}, and a checkpoint has seen record ${seq} (${hash.slice(0, 20)}…)`;
        missing ??= { seq: last + 1, why };
      } else {
        conflict ??= { seq, why: `record ${seq} is not the one that a checkpoint has seen (${hash.slice(0, 20)}…)` };
      }
    }
    return { conflict, missing, forged, note: describe(counts) };
  }

  function describe({ matched, givenUp, before, after, covered }: Record<string, number>): string {
    const some = (signature: LineSignature) => checkpoints.some((one) => one.signature === signature);
    return [
      `${matched} of ${checkpoints.length} ${checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'} borne out`,
      ...(givenUp ? [`${givenUp} given up by an accepted loss`] : []),
      ...(before ? [`${before} of records before these`] : []),
      ...(after ? [`${after} of records after these`] : []),
      ...(covered ? [`${covered} not signed, before one that is`] : []),
      ...(some('unsigned') ? ['some not signed'] : []),
      ...(some('unchecked') ? ['signatures not checked, for want of AUDIT_SIGNING_KEY or --public-key'] : []),
    ].join(', ');
  }

  return { add, found };
}
