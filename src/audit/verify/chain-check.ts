import { GENESIS } from '../../domain/audit/audit-record.ts';
import { archivedOf } from '../../domain/audit/log-claims.ts';
import type { LossDetail } from '../../domain/audit/log-details.ts';
import { hexHashOf } from '../format/audit-chain.ts';
import type { ExportedRecord } from '../format/export-format.ts';
import { formatCount, formatRange, formatRecords } from '../format/format-counts.ts';
import { type ChainedRecord, parseRecordFast } from './fast-record-parser.ts';
import { parseRecordFully } from './full-record-parser.ts';
import { addRecord, emptyPart, type LogSummary, type PartSummary } from './part-summary.ts';
import { readLoss } from './read-loss.ts';
import type { Fault, Verdict } from './verdict.ts';

interface Place {
  where: string;
  /** Its id in Redis. */
  id?: string;
}

export type Readable = Place & ExportedRecord;

/** A record that nobody has checked yet. `problem`: it can't even be read, as the rest of a sentence. */
export type Unverified = Readable | (Place & { problem: string });

/** The place of a record, as far as it can be known, and its hash, computed from its bytes. */
export interface CheckedRecord {
  seq: number | null;
  hash: string;
  /** How many records the log has up to this one; null: not known. */
  count: number | null;
  /** What it gives up, and its own place; null where it is no accepted loss, or an invalid one. */
  loss: (LossDetail & { at: number }) | null;
  /** Null where something is wrong, here or earlier. */
  event: string | null;
}

const MAX_LOSSES_NAMED = 5;

/**
 * Follows the hash chain from record to record. It computes each hash itself, from the record's bytes.
 * @param archivedUpTo the record before the first, where that part was archived; its hash null: as the first record says
 */
export function createChainCheck(
  claimedFirst: number | null,
  archivedUpTo: { seq: number; hash: string | null } | null,
) {
  let fault: Fault | null = null;
  const whole: LogSummary = emptyPart();
  let part = emptyPart();
  let at = '';
  let archivedHash = archivedUpTo?.hash ?? null;
  let lossCount = 0;
  const losses: string[] = [];
  /** A record says the same of the archived part as `archivedUpTo`. */
  let archiveRecorded = false;
  const found = (seq: number | null, why: string) => {
    fault ??= { seq, why };
  };

  /** The place that the next record should have; null: it can't be known. */
  const nextSeq = () => (whole.last === null ? claimedFirst : whole.last + 1);

  /** A record that can't be read still takes its place. */
  function addUnreadable(where: string, problem: string): void {
    const seq = nextSeq();
    found(seq, `${where} ${problem}`);
    count(seq, null);
  }

  function add(record: Readable): CheckedRecord {
    const computed = hexHashOf(record.bytes);
    const read = parseRecordFast(record.bytes) ?? parseRecordFully(record.bytes);
    const seq = nextSeq() ?? ('problem' in read ? null : read.seq);
    // Of a record that does not match its hash only the place is used, and only where nothing else tells it.
    if (computed !== record.hash) return addBad(seq, `${record.where} is not what its hash says`, computed);
    if ('problem' in read) return addBad(seq, `${record.where} ${read.problem}`, computed);
    if (record.id !== undefined && record.id !== `${read.seq}-0`) {
      found(seq, `${record.where} holds record ${read.seq}`);
    }
    const loss = follow(read, computed, record.where);
    const archived = archivedOf(read);
    if (archived && archived.seq === archivedUpTo?.seq && archived.hash === archivedHash) archiveRecorded = true;
    return {
      seq: read.seq,
      hash: computed,
      loss: loss && { ...loss, at: read.seq },
      event: fault === null ? read.event : null,
      count: (whole.gapFrom ?? whole.first) === 1 && fault === null ? whole.count : null,
    };
  }

  /** Adds a record that an earlier part has too. False where it can't be in this place. */
  function addDuplicate(seq: number, hash: string, id: string | undefined): boolean {
    if (seq <= (part.last ?? 0) || (id !== undefined && id !== `${seq}-0`)) return false;
    part = { ...part, log: part.log ?? whole.log, first: part.first ?? seq, last: seq, hash, count: part.count + 1 };
    return true;
  }

  /** @param gapFrom where an accepted loss begins that ends just before this record */
  function count(
    seq: number | null,
    hash: string | null,
    log: string | null = null,
    gapFrom: number | null = null,
  ): void {
    const record = { seq, hash, log, gapFrom };
    addRecord(whole, record);
    addRecord(part, record);
  }

  /** Continues after a record that can't be trusted, as if it were in its right place. */
  function addBad(seq: number | null, why: string, computed: string): CheckedRecord {
    found(seq, why);
    count(seq, computed);
    return { seq, hash: computed, loss: null, event: null, count: null };
  }

  function follow(record: ChainedRecord, computed: string, where: string): LossDetail | null {
    const { seq } = record;
    const { last, hash, log } = whole;
    const reached = last ?? 0;
    if (seq <= reached) {
      found(seq, `${where} is record ${seq} again, or out of its place: ${reached + 1} should come here`);
      for (const summary of [whole, part]) summary.count += 1;
      return null;
    }
    const isLoss = record.event === 'loss.accepted';
    // These two matter for the first record only.
    const nothingBefore = isLoss && record.prev === GENESIS;
    const afterArchive = archivedUpTo !== null && record.prev === archivedUpTo.hash;
    const before = last ?? (nothingBefore ? 0 : afterArchive ? archivedUpTo.seq : null);
    const loss = isLoss ? readLoss(record, before) : null;
    const accepted = loss !== null && !('problem' in loss) ? loss : null;
    const invalid = loss !== null && 'problem' in loss ? `record ${seq} ${loss.problem}` : null;
    // Where no record survived, the log begins again with the record of the accepted loss.
    const follows = last === null ? afterArchive || (nothingBefore && claimedFirst === 1) : record.prev === hash;
    // Where it is not known what came before, nothing counts as a gap.
    const due = (before ?? Infinity) + 1;
    const isGap = seq > due;
    const gapFrom = isGap && accepted && follows ? due : null;
    if (gapFrom !== null) {
      lossCount += 1;
      if (losses.length < MAX_LOSSES_NAMED) losses.push(formatRange(gapFrom, seq - 1));
    } else if (isGap && last !== null) {
      const why = `${formatRange(due, seq - 1)} missing before record ${formatCount(seq)}`;
      const missing = { seq: due, why: invalid === null ? why : `${why}: ${invalid}` };
      part.missing ??= missing;
      found(missing.seq, missing.why);
    }
    if (invalid !== null) found(seq, invalid);
    archivedHash ??= record.prev;
    const begin = seq === 1 || nothingBefore ? GENESIS : seq - 1 === archivedUpTo?.seq ? archivedHash : null;
    const expected = last === null ? begin : hash;
    if (expected !== null && record.prev !== expected) found(seq, `record ${seq} does not follow the one before it`);
    if (log !== null && record.log !== log) found(seq, `record ${seq} is of another log, ${record.log}`);
    if (record.at < at) found(seq, `record ${seq} is dated before the one before it`);
    at = record.at;
    count(seq, computed, record.log, gapFrom);
    return accepted;
  }

  function verdict(): Verdict {
    if (fault) return { verdict: 'fault', ...fault };
    if (whole.count === 0) return { verdict: 'unknown', seq: null, why: 'there is no record to check' };
    const more = lossCount > losses.length ? ` and ${formatCount(lossCount - losses.length)} more` : '';
    if (archivedUpTo && !archiveRecorded) {
      const why = `no record says that ${formatRange(1, archivedUpTo.seq)} were archived`;
      return { verdict: 'fault', seq: whole.first, why };
    }
    const lost = lossCount > 0 ? `; accepted as lost: ${losses.join(', ')}${more}` : '';
    return { verdict: 'ok', seq: null, why: `${formatRecords(whole.count)}, hash chain unbroken${lost}` };
  }

  /** What was added since the part before ended. */
  function endPart(): PartSummary {
    const ended = part;
    part = emptyPart();
    return ended;
  }

  return {
    add,
    addUnreadable,
    addDuplicate,
    endPart,
    verdict,
    fault: () => fault,
    summary: (): Readonly<LogSummary> => whole,
  };
}

export type ChainCheck = ReturnType<typeof createChainCheck>;
