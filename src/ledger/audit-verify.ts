import { type AuthorCheck, createAuthorCheck } from './audit-authors.ts';
import type { AuditKey } from './audit-chain.ts';
import { hexHashOf } from './audit-chain.ts';
import {
  type ChainCheck,
  createChainCheck,
  type Fault,
  type Readable,
  type Stretch,
  type Unverified,
  type Verdict,
} from './audit-chain-check.ts';
import { createCheckpointCheck, type KnownCheckpoint } from './audit-witness.ts';
import type { LineSignature } from './checkpoint-format.ts';
import type { ExportedRecord } from './export-format.ts';
import { number, range, records } from './log-words.ts';

/** What is said of the log by something beside the records: an export's head line, or the head in Redis. */
interface LogClaim {
  log: string | null;
  first: number | null;
  last: number | null;
  hash: string | null;
  /** Null: it does not say. */
  count: number | null;
  /** Where the part before was archived: the first record follows this one. Its hash null: as the first record says. */
  floor?: { seq: number; hash: string | null } | null;
}

export interface Witness {
  /** What makes the claim, with its article: `the export's head`. */
  name: string;
  /** Null: it is missing or can't be read. */
  claim: LogClaim | null;
  /** What that means, as a sentence; without it, that it is so. */
  absence?: string;
  /** Of the claim; null where such a claim is never signed. */
  signature: LineSignature | null;
}

/** A part of a log, and what is said of it. */
export interface LogPart {
  witness: Witness;
  /** In pages. */
  records: AsyncIterable<readonly Unverified[]>;
}

export interface Verification {
  /** Each record is as it was written, and follows the one before. */
  integrity: Verdict;
  /** No record is missing at either end, none is too many. */
  completeness: Verdict;
  /** Written by a holder of the keys. */
  authenticity: Verdict;
  /** Whether anything is wrong, a key that is missing among the given ones included. */
  faulty: boolean;
  /** The lowest `seq` of what is wrong. */
  firstBad: number | null;
}

/** Checks a log that is all in one part: see `verifyParts`. */
export function verifyLog(
  records: AsyncIterable<readonly Unverified[]>,
  witness: Witness,
  keys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
): Promise<Verification> {
  return verifyParts([{ witness, records }], keys, checkpoints);
}

/**
 * Checks a log record by record, by the contract's section "Audit record", and each part of it against what is said of that
 * part; memory does not grow with the log. What a part has of one before it, byte by byte, is read over.
 * @param keys null: nobody gave any, so authenticity is unknown
 * @param checkpoints what was known of the log outside it, to hold it against
 */
export async function verifyParts(
  parts: readonly LogPart[],
  keys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
): Promise<Verification> {
  const witnesses = parts.map(({ witness }) => witness);
  const [begin] = witnesses;
  const chain = createChainCheck(begin?.claim?.first ?? null, begin?.claim?.floor ?? null);
  const authors = keys && createAuthorCheck(keys);
  const outside = createCheckpointCheck(checkpoints ?? []);
  const overlap = createOverlap();
  const stretches: Stretch[] = [];
  for (const [place, { records: pages }] of parts.entries()) {
    // From there on a later part may have the same records once more.
    const from = Math.min(...witnesses.slice(place + 1).map(({ claim }) => claim?.first ?? Infinity));
    for await (const page of pages) {
      for (const record of page) {
        if ('problem' in record) chain.miss(record.where, record.problem);
        else if (!overlap.has(record, chain)) {
          const taken = chain.take(record);
          authors?.take(record, taken);
          outside.take(taken);
          const seq = taken.seq ?? 0;
          if (seq >= from) overlap.keep(record, seq);
        }
      }
    }
    stretches.push(chain.endPart());
  }
  const own = completenessOf(witnesses, stretches, chain);
  const sealed = own.verdict === 'ok' && witnesses.at(-1)?.signature === 'good';
  const found = outside.found(chain.seen(), sealed);
  const integrity = withCheckpoints(chain.verdict(), found.conflict);
  const said = [overlap.words(), checkpoints && found.said].filter((words) => words !== null).join('; ');
  const completeness = withCheckpoints(own, found.missing, said || null);
  const authenticity = authenticityOf(witnesses, chain.seen().count, authors, found.forged);
  const bad = [integrity, completeness, authenticity].flatMap(({ seq }) => seq ?? []);
  const faulty = [integrity, completeness, authenticity].some(
    ({ verdict, seq }) => verdict === 'fault' || seq !== null,
  );
  return { integrity, completeness, authenticity, faulty, firstBad: bad.length === 0 ? null : Math.min(...bad) };
}

/** Records that two parts have alike: an archive that was cut off before its records left Redis, or one made twice. */
function createOverlap() {
  const kept = new Map<string, number>();
  let alike: { first: number; last: number } | null = null;
  const textOf = ({ hash, mac, kid }: ExportedRecord) => `${hash} ${mac} ${kid}`;
  return {
    keep(record: ExportedRecord, seq: number): void {
      kept.set(textOf(record), seq);
    },
    /** Whether this one was in a part before, and may stand where it does. */
    has(record: Readable, chain: ChainCheck): boolean {
      if (kept.size === 0) return false;
      const seq = kept.get(textOf(record));
      if (seq === undefined || hexHashOf(record.bytes) !== record.hash) return false;
      if (!chain.again(seq, record.hash, record.id)) return false;
      alike = { first: alike?.first ?? seq, last: seq };
      return true;
    },
    words: () => alike && `${range(alike.first, alike.last)} in two parts, alike (overlap)`,
  };
}

/**
 * The same, with what could not be read of a file of checkpoints. Where nothing of it could, nobody knows what the log had:
 * a file that is taken away must not make it good.
 */
export function withFlaw(found: Verification, flaw: string, nothing: boolean): Verification {
  const { verdict, why, seq } = found.completeness;
  const words = nothing ? `${flaw}, so it bears no witness of the end; ${why}` : `${why}; ${flaw}`;
  return { ...found, completeness: { verdict: nothing && verdict === 'ok' ? 'unknown' : verdict, seq, why: words } };
}

/** What checkpoints tell beside the log's own verdict; the lower place counts. */
function withCheckpoints(own: Verdict, fault: Fault | null, said: string | null = null): Verdict {
  if (fault && (own.verdict !== 'fault' || (fault.seq ?? Infinity) < (own.seq ?? Infinity))) {
    return { verdict: 'fault', ...fault };
  }
  return said === null || own.verdict === 'fault' ? own : { ...own, why: `${own.why}; ${said}` };
}

/** Of each part; what is wrong with the first that is wrong, else what is said of all. */
function completenessOf(witnesses: readonly Witness[], stretches: readonly Stretch[], chain: ChainCheck): Verdict {
  const all = stretches.map((stretch, place) => ofPart(witnesses[place] as Witness, stretch, chain.fault()));
  const bad = all.find(({ verdict }) => verdict === 'fault');
  const [only] = all;
  if (bad || (only && all.length === 1)) return bad ?? (only as Verdict);
  const { first, opens, last } = chain.seen();
  const what = last === null ? 'no record' : range(opens ?? first ?? last, last);
  return { verdict: 'ok', seq: null, why: `${what}, as each of ${number(all.length)} heads says of its part` };
}

function ofPart({ name, claim, absence }: Witness, stretch: Stretch, fault: Fault | null): Verdict {
  const bad = (seq: number | null, why: string): Verdict => ({ verdict: 'fault', seq, why });
  const { log, first, opens, last, hash, count, missing } = stretch;
  if (claim === null) return bad(null, absence ?? `${name} is missing or can't be read`);
  if (claim.first === null || claim.last === null) {
    return count === 0
      ? { verdict: 'ok', seq: null, why: `no record, as ${name} says` }
      : bad(first, `${name} says that there is no record`);
  }
  if (last === null) {
    return bad(claim.first, `no record can be read, and ${name} says ${range(claim.first, claim.last)}`);
  }
  // A claim may begin with the gap that an accepted loss left, or after it.
  const begin = (claim.first === opens ? opens : first) ?? last;
  if (log !== null && log !== claim.log) return bad(null, `${name} is of another log, ${claim.log}`);
  if (begin !== claim.first) {
    return bad(Math.min(begin, claim.first), `begins at ${number(begin)}, and ${name} says ${number(claim.first)}`);
  }
  if (last !== claim.last) {
    return bad(Math.min(last, claim.last) + 1, `ends at ${number(last)}, and ${name} says ${number(claim.last)}`);
  }
  if (missing) return bad(missing.seq, missing.why);
  if (claim.count !== null && count !== claim.count) {
    return bad(fault?.seq ?? null, `${records(count)}, and ${name} says ${number(claim.count)}`);
  }
  if (hash !== claim.hash) return bad(last, `record ${number(last)} is not the one that ${name} ends with`);
  return { verdict: 'ok', seq: null, why: `${range(begin, last)}, as ${name} says` };
}

function authenticityOf(
  witnesses: readonly Witness[],
  count: number,
  authors: AuthorCheck | null,
  forgedCheckpoint: Fault | null,
): Verdict {
  const forged = authors?.found().forged;
  if (forged) return { verdict: 'fault', ...forged };
  const bad = (why: string): Verdict => ({ verdict: 'fault', seq: null, why });
  const by = (kind: LineSignature) => witnesses.find(({ signature }) => signature === kind)?.name;
  const [unlike, unsigned] = [by('bad'), by('unsigned-though-key')];
  if (unlike) return bad(`the signature of ${unlike} is not by AUDIT_SIGNING_KEY`);
  if (unsigned) return bad(`${unsigned} is not signed, and a signing key is given`);
  if (forgedCheckpoint) return { verdict: 'fault', ...forgedCheckpoint };
  const said = signatureWords(witnesses);
  if (authors === null) return { verdict: 'unknown', seq: null, why: `AUDIT_KEYS is not set${said}` };
  if (count === 0) return { verdict: 'unknown', seq: null, why: `there is no record to check${said}` };
  const { missing } = authors.found();
  // Not known, and still wrong: whoever gave keys meant to check all of it.
  if (missing) return { verdict: 'unknown', seq: missing.seq, why: `${missing.why} (${authors.words()})` };
  return { verdict: 'ok', seq: null, why: `each record by a key of AUDIT_KEYS (${authors.words()})${said}` };
}

/** Of the weakest, where there are several. */
function signatureWords(witnesses: readonly Witness[]): string {
  for (const kind of ['unsigned', 'unchecked', 'good'] as const) {
    const of = witnesses.filter(({ signature }) => signature === kind);
    const [one] = of;
    if (one)
      return of.length > 1
        ? `; ${number(of.length)} heads: each ${SIGNATURES[kind]}`
        : `; ${one.name} ${SIGNATURES[kind]}`;
  }
  return '';
}

const SIGNATURES = {
  good: 'is signed by AUDIT_SIGNING_KEY',
  unsigned: 'is not signed',
  unchecked: 'is signed, and neither AUDIT_SIGNING_KEY nor --public-key is given to check it',
} as const;
