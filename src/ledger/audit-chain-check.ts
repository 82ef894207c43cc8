import { GENESIS } from '../domain/audit-record.ts';
import { archivedOf } from '../domain/log-claims.ts';
import type { LossDetail } from '../domain/log-details.ts';
import { readLoss } from './accepted-loss.ts';
import { type Chained, readAsWritten, TELLING } from './as-written.ts';
import { hexHashOf } from './audit-chain.ts';
import { type ExportedRecord, isHash, isSeq, isTooDeep, parseRecord } from './export-format.ts';
import { number, range, records } from './log-words.ts';

interface Place {
  where: string;
  /** Where it lies in Redis. */
  id?: string;
}

export type Readable = Place & ExportedRecord;

/** A record that nobody has checked yet; `problem` where it can't even be read, as the rest of a sentence. */
export type Unverified = Readable | (Place & { problem: string });

export interface Verdict {
  verdict: 'ok' | 'fault' | 'unknown';
  /** The first bad record; null where there is no fault, or none that belongs to a record. */
  seq: number | null;
  why: string;
}

export interface Fault {
  seq: number | null;
  why: string;
}

/** The fields that each record has; what does not apply is null. */
const FIELDS =
  'v log seq prev at event request version actor channel execution account region from to reason rule policy op aws detail'.split(
    ' ',
  );
const MOST_LOSSES_NAMED = 5;

/** What the records of one part turned out to be. */
export interface Stretch {
  log: string | null;
  first: number | null;
  /** Where an accepted loss begins that ends just before the first; null: none does. */
  opens: number | null;
  last: number | null;
  /** Of the last, by its own bytes. */
  hash: string | null;
  count: number;
  /** The first gap in it, or before it. */
  missing: Fault | null;
}

/** The same of all of them; gaps are told of a part. */
type Whole = Omit<Stretch, 'missing'>;

/** Where a record stands, as far as it can be known, and its hash by its own bytes. */
export interface Taken {
  seq: number | null;
  hash: string;
  /** How many records the log has up to this one; null: not known. */
  count: number | null;
  /** What it gives up, and its own place; null where it is no accepted loss, or none that could be one. */
  loss: (LossDetail & { at: number }) | null;
}

function stepTo(
  stretch: Whole,
  seq: number | null,
  hash: string | null,
  log: string | null,
  opens: number | null,
): void {
  stretch.count += 1;
  stretch.log ??= log;
  if (stretch.first === null) {
    stretch.first = seq;
    stretch.opens = opens;
  }
  stretch.last = seq;
  stretch.hash = hash;
}

const nothing = (): Stretch => ({
  log: null,
  first: null,
  opens: null,
  last: null,
  hash: null,
  count: 0,
  missing: null,
});

/**
 * Follows the chain from record to record: each by its own bytes, after the one before.
 * @param floor the record before the first, where that part was archived; its hash null: as the first record says
 */
export function createChainCheck(claimedFirst: number | null, floor: { seq: number; hash: string | null } | null) {
  let fault: Fault | null = null;
  const whole: Whole = nothing();
  let part = nothing();
  let at = '';
  let floorHash = floor?.hash ?? null;
  let lossCount = 0;
  const losses: string[] = [];
  /** Whether a record says of the part before what the floor does. */
  let archived = false;
  const found = (seq: number | null, why: string) => {
    fault ??= { seq, why };
  };

  /** Where the next record should stand; null: nothing tells. */
  const nextPlace = () => (whole.last === null ? claimedFirst : whole.last + 1);

  /** A record that can't be read is in its place all the same. */
  function miss(where: string, problem: string): void {
    const seq = nextPlace();
    found(seq, `${where} ${problem}`);
    stand(seq, null);
  }

  /** @returns the place of the record, as far as it can be known, and its hash by its own bytes */
  function take(record: Readable): Taken {
    const computed = hexHashOf(record.bytes);
    const read = readChained(record.bytes);
    const seq = nextPlace() ?? ('problem' in read ? null : read.seq);
    // What is not what its hash says is read for nothing but a place, where nothing else tells it.
    if (computed !== record.hash) return stay(seq, `${record.where} is not what its hash says`, computed);
    if ('problem' in read) return stay(seq, `${record.where} ${read.problem}`, computed);
    if (record.id !== undefined && record.id !== `${read.seq}-0`) {
      found(seq, `${record.where} holds record ${read.seq}`);
    }
    const loss = follow(read, computed, record.where);
    const behind = archivedOf(read);
    if (behind && behind.seq === floor?.seq && behind.hash === floorHash) archived = true;
    return {
      seq: read.seq,
      hash: computed,
      loss: loss && { ...loss, at: read.seq },
      count: (whole.opens ?? whole.first) === 1 && fault === null ? whole.count : null,
    };
  }

  /** The same record as in a part before; false where it can't stand here. */
  function again(seq: number, hash: string, id: string | undefined): boolean {
    if (seq <= (part.last ?? 0) || (id !== undefined && id !== `${seq}-0`)) return false;
    part = { ...part, log: part.log ?? whole.log, first: part.first ?? seq, last: seq, hash, count: part.count + 1 };
    return true;
  }

  /** @param opens where an accepted loss begins that ends just before it */
  function stand(
    seq: number | null,
    hash: string | null,
    log: string | null = null,
    opens: number | null = null,
  ): void {
    stepTo(whole, seq, hash, log, opens);
    stepTo(part, seq, hash, log, opens);
  }

  /** Goes on after a record that can't be believed as if it stood where it should. */
  function stay(seq: number | null, why: string, computed: string): Taken {
    found(seq, why);
    stand(seq, computed);
    return { seq, hash: computed, loss: null, count: null };
  }

  function follow(record: Chained, computed: string, where: string): LossDetail | null {
    const { seq } = record;
    const { last, hash, log } = whole;
    const passed = last ?? 0;
    if (seq <= passed) {
      found(seq, `${where} is record ${seq} again, or out of its place: ${passed + 1} should come here`);
      for (const stretch of [whole, part]) stretch.count += 1;
      return null;
    }
    const isLoss = record.event === 'loss.accepted';
    // These two tell of the first record only.
    const nothingBefore = isLoss && record.prev === GENESIS;
    const afterFloor = floor !== null && record.prev === floor.hash;
    const before = last ?? (nothingBefore ? 0 : afterFloor ? floor.seq : null);
    const loss = isLoss ? readLoss(record, before) : null;
    const accepted = loss !== null && !('problem' in loss) ? loss : null;
    const unsound = loss !== null && 'problem' in loss ? `record ${seq} ${loss.problem}` : null;
    // Where nothing had survived, the log begins anew with the record that says so.
    const follows = last === null ? afterFloor || (nothingBefore && claimedFirst === 1) : record.prev === hash;
    // Where nothing is known of what was before, nothing is a gap.
    const due = (before ?? Infinity) + 1;
    const gap = seq > due;
    const opens = gap && accepted && follows ? due : null;
    if (opens !== null) {
      lossCount += 1;
      if (losses.length < MOST_LOSSES_NAMED) losses.push(range(opens, seq - 1));
    } else if (gap && last !== null) {
      const why = `${range(due, seq - 1)} missing before record ${number(seq)}`;
      const missing = { seq: due, why: unsound === null ? why : `${why}: ${unsound}` };
      part.missing ??= missing;
      found(missing.seq, missing.why);
    }
    if (unsound !== null) found(seq, unsound);
    floorHash ??= record.prev;
    const begin = seq === 1 || nothingBefore ? GENESIS : seq - 1 === floor?.seq ? floorHash : null;
    const wanted = last === null ? begin : hash;
    if (wanted !== null && record.prev !== wanted) found(seq, `record ${seq} does not follow the one before it`);
    if (log !== null && record.log !== log) found(seq, `record ${seq} is of another log, ${record.log}`);
    if (record.at < at) found(seq, `record ${seq} is dated before the one before it`);
    at = record.at;
    stand(seq, computed, record.log, opens);
    return accepted;
  }

  function verdict(): Verdict {
    if (fault) return { verdict: 'fault', ...fault };
    if (whole.count === 0) return { verdict: 'unknown', seq: null, why: 'there is no record to check' };
    const more = lossCount > losses.length ? ` and ${number(lossCount - losses.length)} more` : '';
    if (floor && !archived) {
      return { verdict: 'fault', seq: whole.first, why: `no record says that ${range(1, floor.seq)} were archived` };
    }
    const lost = lossCount > 0 ? `; accepted as lost: ${losses.join(', ')}${more}` : '';
    return { verdict: 'ok', seq: null, why: `${records(whole.count)}, hash chain unbroken${lost}` };
  }

  /** What was taken since the part before ended. */
  function endPart(): Stretch {
    const ended = part;
    part = nothing();
    return ended;
  }

  return { take, miss, again, endPart, verdict, fault: () => fault, seen: (): Readonly<Whole> => whole };
}

/** What the chain needs of a record's bytes, or what is wrong with them. */
function readChained(bytes: string): Chained | { problem: string } {
  return readAsWritten(bytes) ?? readSlowly(bytes);
}

/** Whatever the bytes are. */
export function readSlowly(bytes: string): Chained | { problem: string } {
  const record = parseRecord(bytes);
  if (record === null) {
    return { problem: isTooDeep(bytes) ? 'is nested deeper than any record' : 'holds no JSON object' };
  }
  const { v, log, seq, prev, at, event } = record;
  if (v !== 1) return { problem: 'is of a format version that is not known here' };
  const absent = FIELDS.find((field) => !(field in record));
  if (absent !== undefined) return { problem: `has no \`${absent}\`` };
  if (JSON.stringify(record) !== bytes) return { problem: 'is not compact JSON that says each thing once' };
  if (typeof log !== 'string' || log === '') return { problem: 'names no log' };
  if (!isSeq(seq)) return { problem: 'has a `seq` that is no place' };
  if (typeof prev !== 'string' || !isHash(prev)) return { problem: 'has a `prev` that is no hash' };
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) {
    return { problem: 'has an `at` that is no time' };
  }
  if (typeof event !== 'string' || event === '') return { problem: 'names no event' };
  return { log, seq, prev, at, event, detail: TELLING.includes(event) ? record.detail : null };
}

export type ChainCheck = ReturnType<typeof createChainCheck>;
