import type { KeyObject } from 'node:crypto';
import type { LossDetail } from '../domain/audit-record.ts';
import type { Fault } from './audit-chain-check.ts';
import { type Checkpoint, type CheckpointLine, signatureOf } from './checkpoint-format.ts';

/** A checkpoint to hold the log against, and what is known of its signature. */
export interface KnownCheckpoint extends Checkpoint {
  signature: 'good' | 'bad' | 'unsigned' | 'unchecked';
}

/** @param key the signing key or its public half; null: nobody can check */
export function knownCheckpoints(lines: readonly CheckpointLine[], key: KeyObject | null): KnownCheckpoint[] {
  return lines.map((line) => ({ ...line.checkpoint, signature: signatureOf(line, key) }));
}

/**
 * Holds a log against checkpoints while it is read. A checkpoint that the log does not bear out is let pass only where
 * an accepted loss gives that record up, by its own words.
 */
export function createCheckpointCheck(checkpoints: readonly KnownCheckpoint[]) {
  const bySeq = new Map<number, KnownCheckpoint[]>();
  for (const checkpoint of checkpoints) {
    bySeq.set(checkpoint.seq, [...(bySeq.get(checkpoint.seq) ?? []), checkpoint]);
  }
  const borneOut = new Set<KnownCheckpoint>();
  const losses: LossDetail[] = [];
  const isGivenUp = ({ log, seq }: KnownCheckpoint) =>
    losses.some(({ seen, from }) => seen.log === log && seq >= from && seq <= seen.seq);

  function take(seq: number | null, hash: string | null, loss: LossDetail | null): void {
    if (loss) losses.push(loss);
    if (seq === null) return;
    for (const checkpoint of bySeq.get(seq) ?? []) if (checkpoint.hash === hash) borneOut.add(checkpoint);
  }

  /** `conflict`: another record stands there. `missing`: none does. `forged`: a checkpoint that its key did not sign. */
  function found({ log, first, last }: { log: string | null; first: number | null; last: number | null }) {
    let conflict: Fault | null = null;
    let missing: Fault | null = null;
    let forged: Fault | null = null;
    let held = 0;
    let givenUp = 0;
    let before = 0;
    for (const checkpoint of [...checkpoints].sort((a, b) => a.seq - b.seq)) {
      const { seq, hash, signature } = checkpoint;
      if (signature === 'bad') {
        forged ??= { seq: null, why: `the checkpoint of record ${seq} is not signed by AUDIT_SIGNING_KEY` };
      } else if (borneOut.has(checkpoint) && (log === null || checkpoint.log === log)) held += 1;
      else if (isGivenUp(checkpoint)) givenUp += 1;
      else if (log !== null && checkpoint.log !== log) {
        conflict ??= { seq: first, why: `the log is ${log}, and a checkpoint is of ${checkpoint.log}` };
      } else if (first === null || last === null) {
        missing ??= { seq: null, why: `there is no record, and a checkpoint has seen record ${seq}` };
      } else if (seq < first) before += 1;
      else if (seq > last) {
        missing ??= {
          seq: last + 1,
          why: `ends at ${last}, and a checkpoint has seen record ${seq} (${hash.slice(0, 20)}…)`,
        };
      } else {
        conflict ??= { seq, why: `record ${seq} is not the one that a checkpoint has seen (${hash.slice(0, 20)}…)` };
      }
    }
    const said = [
      `${held} of ${checkpoints.length} ${checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'} borne out`,
      ...(givenUp > 0 ? [`${givenUp} given up by an accepted loss`] : []),
      ...(before > 0 ? [`${before} of records before these`] : []),
      ...(checkpoints.some(({ signature }) => signature === 'unsigned') ? ['some not signed'] : []),
      ...(checkpoints.some(({ signature }) => signature === 'unchecked')
        ? ['signatures not checked, for want of AUDIT_SIGNING_KEY']
        : []),
    ].join(', ');
    return { conflict, missing, forged, said };
  }

  return { take, found };
}
