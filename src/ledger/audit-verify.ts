import { GENESIS } from '../domain/audit-record.ts';
import { type AuditKey, hashRecord, macOf, sameBytes } from './audit-chain.ts';
import { type ExportedRecord, isHash, isSeq, parseObject } from './export-format.ts';

/** A record that nobody has checked yet; `problem` where it can't even be read, as the rest of a sentence. */
export type Unverified = { where: string /** Where it lies in Redis. */; id?: string } & (
  | ExportedRecord
  | { problem: string }
);

/** What is said of the log by something beside the records: an export's head line, or the head in Redis. */
interface LogClaim {
  log: string | null;
  first: number | null;
  last: number | null;
  hash: string | null;
  /** Null: it does not say. */
  count: number | null;
}

export interface Witness {
  /** What makes the claim, with its article: `the export's head`. */
  name: string;
  /** Null: it is missing or can't be read. */
  claim: LogClaim | null;
  /** Of the claim; null where such a claim is never signed. `unchecked`: there is no key to check it with. */
  signature: 'good' | 'bad' | 'unsigned' | 'unsigned-though-key' | 'unchecked' | null;
}

interface Verdict {
  verdict: 'ok' | 'fault' | 'unknown';
  /** The first bad record; null where there is no fault, or none that belongs to a record. */
  seq: number | null;
  why: string;
}

export interface Verification {
  /** Each record is as it was written, and follows the one before. */
  integrity: Verdict;
  /** No record is missing at either end, none is too many. */
  completeness: Verdict;
  /** Written by a holder of the keys. */
  authenticity: Verdict;
  /** The lowest `seq` of the faults. */
  firstBad: number | null;
}

interface Fault {
  seq: number | null;
  why: string;
}

/** The fields that each record has; what does not apply is null. */
const FIELDS =
  'v log seq prev at event request version actor channel execution account region from to reason rule policy op aws detail';
const MOST_LOSSES_NAMED = 5;

/**
 * Checks a log record by record, by the contract's section "Audit record"; memory does not grow with the log.
 * @param keys null: nobody gave any, so authenticity is unknown
 */
export async function verifyLog(
  records: AsyncIterable<Unverified>,
  witness: Witness,
  keys: readonly AuditKey[] | null,
): Promise<Verification> {
  const chain = createChainCheck(witness.claim?.first ?? null);
  let forged: Fault | null = null;
  for await (const record of records) {
    const seq = chain.take(record);
    if (keys && !forged && !('problem' in record)) {
      const why = authorFault(record, keys);
      if (why) forged = { seq, why };
    }
  }
  const integrity = chain.verdict();
  const completeness = completenessOf(witness, chain);
  const authenticity = authenticityOf(witness, chain.seen().count, keys, forged);
  const bad = [integrity, completeness, authenticity].flatMap(({ seq }) => seq ?? []);
  return { integrity, completeness, authenticity, firstBad: bad.length === 0 ? null : Math.min(...bad) };
}

function createChainCheck(claimedFirst: number | null) {
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
  const found = (seq: number | null, why: string) => {
    fault ??= { seq, why };
  };

  /** @returns the place of the record, as far as it can be known */
  function take(record: Unverified): number | null {
    count += 1;
    const place = last === null ? claimedFirst : last + 1;
    if ('problem' in record) return stay(place, `${record.where} ${record.problem}`);
    const computed = hashRecord(record.bytes).toString('hex');
    const read = readChained(record.bytes);
    const seq = place ?? ('problem' in read ? null : read.seq);
    if (computed !== record.hash) return stay(seq, `${record.where} is not what its hash says`, computed);
    if ('problem' in read) return stay(seq, `${record.where} ${read.problem}`, computed);
    if (record.id !== undefined && record.id !== `${read.seq}-0`) {
      found(seq, `${record.where} holds record ${read.seq}`);
    }
    return follow(read, computed, record.where);
  }

  /** Goes on after a record that can't be believed as if it stood where it should. */
  function stay(seq: number | null, why: string, computed: string | null = null): number | null {
    found(seq, why);
    if (seq !== null) {
      first ??= seq;
      last = seq;
    }
    hash = computed;
    return seq;
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
    const before = last === null ? (seq === 1 ? GENESIS : null) : hash;
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
    const lost = lossCount > 0 ? `; accepted as lost: ${losses.join(', ')}${more}` : '';
    return { verdict: 'ok', seq: null, why: `${records(count)}, hash chain unbroken${lost}` };
  }

  return { take, verdict, faults: () => ({ fault, missing }), seen: () => ({ log, first, last, hash, count }) };
}

interface Chained {
  log: string;
  seq: number;
  prev: string;
  at: string;
  event: string;
}

/** What the chain needs of a record's bytes, or what is wrong with them. */
function readChained(bytes: string): Chained | { problem: string } {
  const record = parseObject(bytes);
  if (record === null) return { problem: 'holds no JSON object' };
  const { v, log, seq, prev, at, event } = record;
  if (v !== 1) return { problem: 'is of a format version that is not known here' };
  const absent = FIELDS.split(' ').find((field) => !(field in record));
  if (absent !== undefined) return { problem: `has no \`${absent}\`` };
  if (JSON.stringify(record) !== bytes) return { problem: 'is not compact JSON that says each thing once' };
  if (typeof log !== 'string' || log === '') return { problem: 'names no log' };
  if (!isSeq(seq)) return { problem: 'has a `seq` that is no place' };
  if (typeof prev !== 'string' || !isHash(prev)) return { problem: 'has a `prev` that is no hash' };
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) {
    return { problem: 'has an `at` that is no time' };
  }
  if (typeof event !== 'string' || event === '') return { problem: 'names no event' };
  return { log, seq, prev, at, event };
}

function authorFault({ bytes, mac, kid, where }: ExportedRecord & { where: string }, keys: readonly AuditKey[]) {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key) return `${where} is under the key ${JSON.stringify(kid.slice(0, 32))}, which AUDIT_KEYS does not have`;
  const good = sameBytes(macOf(hashRecord(bytes), key.key), Buffer.from(mac, 'hex'));
  return good ? null : `${where} has a mac that its key did not make`;
}

function completenessOf({ name, claim }: Witness, chain: ReturnType<typeof createChainCheck>): Verdict {
  const bad = (seq: number | null, why: string): Verdict => ({ verdict: 'fault', seq, why });
  const { log, first, last, hash, count } = chain.seen();
  if (claim === null) return bad(null, `${name} is missing or can't be read`);
  if (claim.first === null || claim.last === null) {
    return count === 0
      ? { verdict: 'ok', seq: null, why: `no record, as ${name} says` }
      : bad(first, `${name} says that there is no record`);
  }
  if (first === null || last === null) {
    return bad(claim.first, `no record can be read, and ${name} says ${range(claim.first, claim.last)}`);
  }
  if (log !== null && log !== claim.log) return bad(null, `${name} is of another log, ${claim.log}`);
  if (first !== claim.first) {
    return bad(Math.min(first, claim.first), `begins at ${number(first)}, and ${name} says ${number(claim.first)}`);
  }
  if (last !== claim.last) {
    return bad(Math.min(last, claim.last) + 1, `ends at ${number(last)}, and ${name} says ${number(claim.last)}`);
  }
  const { fault, missing } = chain.faults();
  if (missing) return bad(missing.seq, missing.why);
  if (claim.count !== null && count !== claim.count) {
    return bad(fault?.seq ?? null, `${records(count)}, and ${name} says ${number(claim.count)}`);
  }
  if (hash !== claim.hash) return bad(last, `record ${number(last)} is not the one that ${name} ends with`);
  return { verdict: 'ok', seq: null, why: `${range(first, last)}, as ${name} says` };
}

function authenticityOf(
  { name, signature }: Witness,
  count: number,
  keys: readonly AuditKey[] | null,
  forged: Fault | null,
): Verdict {
  if (forged) return { verdict: 'fault', ...forged };
  const bad = (why: string): Verdict => ({ verdict: 'fault', seq: null, why });
  if (signature === 'bad') return bad(`the signature of ${name} is not by AUDIT_SIGNING_KEY`);
  if (signature === 'unsigned-though-key') return bad(`${name} is not signed, and AUDIT_SIGNING_KEY is set`);
  const said = signature === null ? '' : `; ${name} ${SIGNATURES[signature]}`;
  if (keys === null) return { verdict: 'unknown', seq: null, why: `AUDIT_KEYS is not set${said}` };
  if (count === 0) return { verdict: 'unknown', seq: null, why: `there is no record to check${said}` };
  return { verdict: 'ok', seq: null, why: `each record by a key of AUDIT_KEYS${said}` };
}

const SIGNATURES = {
  good: 'is signed by AUDIT_SIGNING_KEY',
  unsigned: 'is not signed',
  unchecked: 'is signed, and AUDIT_SIGNING_KEY is not set to check it',
} as const;

function records(count: number): string {
  return `${number(count)} ${count === 1 ? 'record' : 'records'}`;
}

function range(from: number, to: number): string {
  return from === to ? number(from) : `${number(from)} … ${number(to)}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
