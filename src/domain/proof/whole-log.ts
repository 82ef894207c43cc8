import type { AuditRecord } from '../audit/audit-record.ts';
import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { evolveRun, isRunEvent } from '../run/evolve-run.ts';
import { hasOpenGrant } from '../run/grant/timed-grant.ts';
import { limitVersionOf, requestOf } from '../run/limit-in-force.ts';
import type { Run } from '../run/run.ts';
import { checkedEvolve } from './checked-evolve.ts';
import type { Misfit } from './open-requests.ts';

/** A request as the records of the log leave it. */
export interface RecordedRequest {
  request: ThrottleRequest;
  /** The last record of the operation that changed it last. */
  seq: number;
  /** Of that record, hex. */
  hash: string;
  changedAt: string;
}

/** The limit of an execution as the records of the log leave it. */
export interface RecordedRun {
  run: Run;
  /** The last record that concerns its limit. */
  lastSeq: number;
  changedAt: string;
  /** The version of the limit in force; empty: there is none. */
  limit: string;
  /** A record says that the execution has ended, and nothing came after it. */
  hasEnded: boolean;
}

/** Closed requests and runs are kept as long after their last change, which is longer than any execution runs. */
export const KEPT_MS = 90 * 86_400_000;
const RECORDS_TO_PURGE = 10_000;

/**
 * Folds all records of a log, in their order, into every request and run that is worth keeping: those that are open, and those
 * that changed in the last 90 days. A request whose first record is not in the log is left out.
 */
export function createWholeLog() {
  const requests = new Map<string, RecordedRequest & { op: string }>();
  const runs = new Map<string, RecordedRun & { limitOp: string }>();
  const misfits = new Map<string, Misfit>();
  let count = 0;

  function add(record: AuditRecord, hash: string): void {
    count += 1;
    if (count % RECORDS_TO_PURGE === 0) purge(Date.parse(record.at));
    try {
      addToRun(record);
      addToRequest(record, hash);
    } catch (fault) {
      const about = record.request ?? record.execution ?? '';
      const why = fault instanceof Error ? fault.message : String(fault);
      misfit({ request: about, seq: record.seq, why, unknown: false }, record.execution);
    }
  }

  function addToRequest(record: AuditRecord, hash: string): void {
    const id = record.request;
    if (id === null || misfits.has(id)) return;
    const known = requests.get(id);
    if (known === undefined && record.event !== 'requested') return;
    const request = checkedEvolve(known?.request ?? null, record);
    const { seq, at: changedAt, op } = record;
    if (request !== null && request !== known?.request) requests.set(id, { request, seq, hash, changedAt, op });
    else if (known?.op === op) requests.set(id, { ...known, seq, hash });
  }

  function addToRun(record: AuditRecord): void {
    const { execution, request } = record;
    if (execution === null || !isRunEvent(record) || misfits.has(execution)) return;
    const before = runs.get(execution);
    const run = evolveRun(before?.run ?? null, record);
    if (run === null) return;
    const moved = limitVersionOf(before?.run ?? null, run, (before && requestOf(before.limit)) || request);
    // The version is that of the run after the whole operation.
    const isSameOp = moved === '' && before?.limitOp === record.op;
    const limit = isSameOp ? `${requestOf(before.limit)}:r${run.version}` : moved || (before?.limit ?? '');
    const limitOp = moved === '' ? (before?.limitOp ?? '') : record.op;
    const hasEnded = record.event === 'revert.skipped' && record.detail.why === 'ended' && run.grants.length === 0;
    runs.set(execution, { run, lastSeq: record.seq, changedAt: record.at, limit, limitOp, hasEnded });
  }

  function misfit(found: Misfit, execution: string | null): void {
    requests.delete(found.request);
    misfits.set(found.request, found);
    if (execution === null) return;
    // What its limit is depends on that request too.
    runs.delete(execution);
    misfits.set(execution, { ...found, request: execution });
  }

  function purge(nowMs: number): void {
    const isOld = (changedAt: string) => nowMs - Date.parse(changedAt) > KEPT_MS;
    for (const [id, { request, changedAt }] of requests) {
      if (isOld(changedAt) && !isOpen(request) && !hasOpenGrant(request)) requests.delete(id);
    }
    for (const [execution, { changedAt }] of runs) if (isOld(changedAt)) runs.delete(execution);
  }

  return {
    add,
    /** A record about a request whose event or detail this version does not know. */
    addUnknown: (request: string, execution: string | null, seq: number): void =>
      misfit(
        { request, seq, why: `record ${seq} is of a kind that this version does not know`, unknown: true },
        execution,
      ),
    clear(): void {
      requests.clear();
      runs.clear();
      misfits.clear();
    },
    /** What is to be stored at that time. */
    at(now: Date): {
      requests: ReadonlyMap<string, RecordedRequest>;
      runs: ReadonlyMap<string, RecordedRun>;
      /** By request and by execution: what the records don't tell. */
      misfits: ReadonlyMap<string, Misfit>;
    } {
      purge(now.getTime());
      return { requests, runs, misfits };
    },
  };
}
