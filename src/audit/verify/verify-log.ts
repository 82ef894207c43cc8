import type { AuditKey } from '../format/audit-chain.ts';
import { authenticityOf } from './authenticity.ts';
import { createChainCheck, type Unverified } from './chain-check.ts';
import { createCheckpointCheck, type KnownCheckpoint } from './checkpoint-check.ts';
import { completenessOf } from './completeness.ts';
import { createMacCheck } from './mac-check.ts';
import type { PartHead } from './part-head.ts';
import { createPartOverlap } from './part-overlap.ts';
import type { PartSummary } from './part-summary.ts';
import { createStoryCheck } from './story-check.ts';
import type { Fault, Verdict } from './verdict.ts';

/** A part of a log: an export, an archive, or what is in Redis. */
export interface LogPart {
  head: PartHead;
  /** In pages. */
  records: AsyncIterable<readonly Unverified[]>;
}

export interface Verification {
  /** Each record is as it was written, follows the one before, and fits those before it about the same request. */
  integrity: Verdict;
  /** No record is missing at either end, and there are no extra records. */
  completeness: Verdict;
  /** Written by holders of the keys. */
  authenticity: Verdict;
  /** Whether anything is wrong. That includes a key that is missing among those that were given. */
  faulty: boolean;
  /** The lowest `seq` of what is wrong. */
  firstBad: number | null;
}

/** Checks a log that is in one part: see `verifyParts`. */
export function verifyLog(
  records: AsyncIterable<readonly Unverified[]>,
  head: PartHead,
  keys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
): Promise<Verification> {
  return verifyParts([{ head, records }], keys, checkpoints);
}

/**
 * Checks a log record by record, by the contract's section "Audit record", and each part of it against its head. Memory
 * does not grow with the log, only with the requests that are open at once. Records that a part has in common with an earlier one are skipped.
 * @param keys null: no keys were given, so authenticity is unknown
 * @param checkpoints what was known of the log outside it, to be compared with it
 */
export async function verifyParts(
  parts: readonly LogPart[],
  keys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
): Promise<Verification> {
  const heads = parts.map(({ head }) => head);
  const [begin] = heads;
  const chain = createChainCheck(begin?.claim?.first ?? null, begin?.claim?.archivedUpTo ?? null);
  const macs = keys && createMacCheck(keys);
  const known = createCheckpointCheck(checkpoints ?? []);
  const stories = createStoryCheck();
  const overlap = createPartOverlap();
  const summaries: PartSummary[] = [];
  for (const [place, { records: pages }] of parts.entries()) {
    // From there on a later part may have the same records.
    const from = Math.min(...heads.slice(place + 1).map(({ claim }) => claim?.first ?? Infinity));
    for await (const page of pages) {
      for (const record of page) {
        if ('problem' in record) chain.addUnreadable(record.where, record.problem);
        else if (!overlap.has(record, chain)) {
          const checked = chain.add(record);
          macs?.add(record, checked);
          known.add(checked);
          stories.add(record.bytes, checked);
          const seq = checked.seq ?? 0;
          if (seq >= from) overlap.keep(record, seq);
        }
      }
    }
    summaries.push(chain.endPart());
  }
  const own = completenessOf(heads, summaries, chain);
  const endSigned = own.verdict === 'ok' && heads.at(-1)?.signature === 'good';
  const found = known.found(chain.summary(), endSigned);
  const integrity = withCheckpoints(stories.judge(chain.verdict()), found.conflict);
  const notes = [overlap.describe(), checkpoints && found.note].filter((words) => words !== null).join('; ');
  const completeness = withCheckpoints(own, found.missing, notes || null);
  const authenticity = authenticityOf(heads, chain.summary().count, macs, found.forged);
  const bad = [integrity, completeness, authenticity].flatMap(({ seq }) => seq ?? []);
  const faulty = [integrity, completeness, authenticity].some(
    ({ verdict, seq }) => verdict === 'fault' || seq !== null,
  );
  return { integrity, completeness, authenticity, faulty, firstBad: bad.length === 0 ? null : Math.min(...bad) };
}

/**
 * Adds what could not be read of a checkpoint file. Where nothing of the file could be read, completeness is unknown:
 * otherwise removing the file would make a log look complete.
 */
export function withFlaw(found: Verification, flaw: string, nothing: boolean): Verification {
  const { verdict, why, seq } = found.completeness;
  const words = nothing ? `${flaw}, so it bears no witness of the end; ${why}` : `${why}; ${flaw}`;
  return { ...found, completeness: { verdict: nothing && verdict === 'ok' ? 'unknown' : verdict, seq, why: words } };
}

/** A verdict together with the fault that the checkpoints show. Of two faults the one at the lower place counts. */
function withCheckpoints(own: Verdict, fault: Fault | null, note: string | null = null): Verdict {
  if (fault && (own.verdict !== 'fault' || (fault.seq ?? Infinity) < (own.seq ?? Infinity))) {
    return { verdict: 'fault', ...fault };
  }
  return note === null || own.verdict === 'fault' ? own : { ...own, why: `${own.why}; ${note}` };
}
