import { GENESIS, type LossDetail, lossOf } from '../domain/audit-record.ts';
import { type Chained, readAsWritten, TELLING } from './as-written.ts';
import { hexHashOf } from './audit-chain.ts';
import { type ExportedRecord, isHash, isSeq, isTooDeep, parseRecord } from './export-format.ts';
import { number, range, records } from './log-words.ts';

/** A record that nobody has checked yet; `problem` where it can't even be read, as the rest of a sentence. */
export type Unverified = { where: string /** Where it lies in Redis. */; id?: string } & (
  | ExportedRecord
  | { problem: string }
);

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

/** Follows the chain from record to record: each by its own bytes, after the one before. */
export function createChainCheck(claimedFirst: number | null, floor: { seq: number; hash: string } | null) {
  let fault: Fault | null = null;
  /** The first gap. */
  let missing: Fault | null = null;
  let log: string | null = null;
  let first: number | null = null;
  let last: number | null = null;
  let hash: string | null = null;
  let at = '';
  let count = 0;
  let lossCount = 0;
  const losses: string[] = [];
  /** What an `audit.archived` record says of the part before: the floor must be one of these. */
  let archived: string | null = null;
  const floorText = floor && `${floor.seq}:${floor.hash}`;
  const found = (seq: number | null, why: string) => {
    fault ??= { seq, why };
  };

  /** @returns the place of the record, as far as it can be known, and its hash by its own bytes */
  function take(record: Unverified): Taken {
    count += 1;
    const place = last === null ? claimedFirst : last + 1;
    if ('problem' in record) return stay(place, `${record.where} ${record.problem}`);
    const computed = hexHashOf(record.bytes);
    // What is not what its hash says is read for nothing but a place, where nothing else tells it.
    const unlike = computed !== record.hash;
    if (unlike && place !== null) return stay(place, `${record.where} is not what its hash says`, computed);
    const read = readChained(record.bytes);
    const seq = place ?? ('problem' in read ? null : read.seq);
    if (unlike) return stay(seq, `${record.where} is not what its hash says`, computed);
    if ('problem' in read) return stay(seq, `${record.where} ${read.problem}`, computed);
    if (record.id !== undefined && record.id !== `${read.seq}-0`) {
      found(seq, `${record.where} holds record ${read.seq}`);
    }
    const followed = follow(read, computed, record.where);
    if (read.event === 'audit.archived') noteArchive(read.detail);
    return { seq: followed, hash: computed, loss: lossOf(read) };
  }

  function noteArchive(detail: unknown): void {
    const { last: end, hash: of } = (detail ?? {}) as { last?: unknown; hash?: unknown };
    if (`${end}:${of}` === floorText) archived = floorText;
  }

  /** Goes on after a record that can't be believed as if it stood where it should. */
  function stay(seq: number | null, why: string, computed: string | null = null): Taken {
    found(seq, why);
    // Without a place there was none before it either.
    first ??= seq;
    last = seq;
    hash = computed;
    return { seq, hash: computed, loss: null };
  }

  function follow(record: Chained, computed: string, where: string): number {
    const { seq } = record;
    if (last !== null && seq <= last) {
      found(seq, `${where} is record ${seq} again, or out of its place: ${last + 1} should come here`);
      return seq;
    }
    if (last !== null && seq > last + 1) {
      if (record.event === 'loss.accepted' && record.prev === hash) {
        lossCount += 1;
        if (losses.length < MOST_LOSSES_NAMED) losses.push(range(last + 1, seq - 1));
      } else {
        missing ??= { seq: last + 1, why: `${range(last + 1, seq - 1)} missing before record ${number(seq)}` };
        found(missing.seq, missing.why);
      }
    }
    const nothingBefore = last === null && record.event === 'loss.accepted' && record.prev === GENESIS;
    if (nothingBefore && claimedFirst === 1 && seq > 1) {
      // Nothing had survived: the log begins anew with the record that says so.
      lossCount += 1;
      losses.push(range(1, seq - 1));
      first = 1;
    }
    const begin = seq === 1 || nothingBefore ? GENESIS : seq - 1 === floor?.seq ? floor.hash : null;
    const before = last === null ? begin : hash;
    if (before !== null && record.prev !== before) found(seq, `record ${seq} does not follow the one before it`);
    if (log !== null && record.log !== log) found(seq, `record ${seq} is of another log, ${record.log}`);
    if (record.at < at) found(seq, `record ${seq} is dated before the one before it`);
    log ??= record.log;
    first ??= seq;
    last = seq;
    hash = computed;
    at = record.at;
    return seq;
  }

  function verdict(): Verdict {
    if (fault) return { verdict: 'fault', ...fault };
    if (count === 0) return { verdict: 'unknown', seq: null, why: 'there is no record to check' };
    const more = lossCount > losses.length ? ` and ${number(lossCount - losses.length)} more` : '';
    if (floor && archived === null) {
      return { verdict: 'fault', seq: first, why: `no record says that ${range(1, floor.seq)} were archived` };
    }
    const lost = lossCount > 0 ? `; accepted as lost: ${losses.join(', ')}${more}` : '';
    return { verdict: 'ok', seq: null, why: `${records(count)}, hash chain unbroken${lost}` };
  }

  return { take, verdict, faults: () => ({ fault, missing }), seen: () => ({ log, first, last, hash, count }) };
}

/** Where a record stands, as far as it can be known, and its hash by its own bytes. */
export interface Taken {
  seq: number | null;
  hash: string | null;
  loss: LossDetail | null;
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
