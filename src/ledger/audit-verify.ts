import { type AuthorCheck, createAuthorCheck } from './audit-authors.ts';
import type { AuditKey } from './audit-chain.ts';
import { type ChainCheck, createChainCheck, type Fault, type Unverified, type Verdict } from './audit-chain-check.ts';
import { createCheckpointCheck, type KnownCheckpoint } from './audit-witness.ts';
import { number, range, records } from './log-words.ts';

/** What is said of the log by something beside the records: an export's head line, or the head in Redis. */
interface LogClaim {
  log: string | null;
  first: number | null;
  last: number | null;
  hash: string | null;
  /** Null: it does not say. */
  count: number | null;
  /** Where the part before was archived: the first record follows this one. */
  floor?: { seq: number; hash: string } | null;
}

export interface Witness {
  /** What makes the claim, with its article: `the export's head`. */
  name: string;
  /** Null: it is missing or can't be read. */
  claim: LogClaim | null;
  /** Of the claim; null where such a claim is never signed. `unchecked`: there is no key to check it with. */
  signature: 'good' | 'bad' | 'unsigned' | 'unsigned-though-key' | 'unchecked' | null;
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

/**
 * Checks a log record by record, given in pages, by the contract's section "Audit record"; memory does not grow with the log.
 * @param keys null: nobody gave any, so authenticity is unknown
 * @param checkpoints what was known of the log outside it, to hold it against
 */
export async function verifyLog(
  log: AsyncIterable<readonly Unverified[]>,
  witness: Witness,
  keys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
): Promise<Verification> {
  const chain = createChainCheck(witness.claim?.first ?? null, witness.claim?.floor ?? null);
  const authors = keys && createAuthorCheck(keys);
  const outside = createCheckpointCheck(checkpoints ?? []);
  for await (const page of log) {
    for (const record of page) {
      const taken = chain.take(record);
      if ('problem' in record) continue;
      authors?.take(record, taken);
      outside.take(taken.seq, taken.hash, taken.loss);
    }
  }
  const found = outside.found(chain.seen());
  const integrity = withCheckpoints(chain.verdict(), found.conflict);
  const completeness = withCheckpoints(completenessOf(witness, chain), found.missing, checkpoints && found.said);
  const authenticity = authenticityOf(witness, chain.seen().count, authors, found.forged);
  const bad = [integrity, completeness, authenticity].flatMap(({ seq }) => seq ?? []);
  const faulty = [integrity, completeness, authenticity].some(
    ({ verdict, seq }) => verdict === 'fault' || seq !== null,
  );
  return { integrity, completeness, authenticity, faulty, firstBad: bad.length === 0 ? null : Math.min(...bad) };
}

/** What checkpoints tell beside the log's own verdict; the lower place counts. */
function withCheckpoints(own: Verdict, fault: Fault | null, said: string | null = null): Verdict {
  if (fault && (own.verdict !== 'fault' || (fault.seq ?? Infinity) < (own.seq ?? Infinity))) {
    return { verdict: 'fault', ...fault };
  }
  return said === null || own.verdict === 'fault' ? own : { ...own, why: `${own.why}; ${said}` };
}

function completenessOf({ name, claim }: Witness, chain: ChainCheck): Verdict {
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
  authors: AuthorCheck | null,
  forgedCheckpoint: Fault | null,
): Verdict {
  const found = authors?.found();
  const forged = found?.forged;
  if (forged) return { verdict: 'fault', ...forged };
  const bad = (why: string): Verdict => ({ verdict: 'fault', seq: null, why });
  if (signature === 'bad') return bad(`the signature of ${name} is not by AUDIT_SIGNING_KEY`);
  if (signature === 'unsigned-though-key') return bad(`${name} is not signed, and AUDIT_SIGNING_KEY is set`);
  if (forgedCheckpoint) return { verdict: 'fault', ...forgedCheckpoint };
  const said = signature === null ? '' : `; ${name} ${SIGNATURES[signature]}`;
  if (authors === null) return { verdict: 'unknown', seq: null, why: `AUDIT_KEYS is not set${said}` };
  if (count === 0) return { verdict: 'unknown', seq: null, why: `there is no record to check${said}` };
  const missing = found?.missing;
  // Not known, and still wrong: whoever gave keys meant to check all of it.
  if (missing) return { verdict: 'unknown', seq: missing.seq, why: `${missing.why} (${authors.words()})` };
  return { verdict: 'ok', seq: null, why: `each record by a key of AUDIT_KEYS (${authors.words()})${said}` };
}

const SIGNATURES = {
  good: 'is signed by AUDIT_SIGNING_KEY',
  unsigned: 'is not signed',
  unchecked: 'is signed, and AUDIT_SIGNING_KEY is not set to check it',
} as const;
