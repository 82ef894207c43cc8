import type { AuditRecord } from '../audit/audit-record.ts';
import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { limitVersionOf, requestOf } from '../run/limit-in-force.ts';
import { hasOpenGrant } from '../run/timed-grant.ts';
import { checkedEvolve } from './checked-evolve.ts';

/** A request as its records say it is. */
export interface ProvenRequest {
  request: ThrottleRequest;
  /** The place of its first record. */
  first: number;
}

/** A record that does not fit the ones before it, or that this version does not know. */
export interface Misfit {
  request: string;
  seq: number;
  why: string;
  /** The record may be a newer version's. */
  unknown: boolean;
}

interface Run {
  /** The version of its limit, as stored: the request that set or reverted it, and that request's version. */
  limit: string | null;
  /** The commit that set it. */
  op: string | null;
  open: Set<string>;
}

/** More than ever are wrong at once, unless somebody makes them so. */
const MAX_MISFITS = 1000;

/**
 * Folds the records of a log, in their order, into the requests that are open or whose grant is open. What has ended is
 * dropped, so it grows with what is going on, not with the log.
 */
export function createOpenRequests() {
  const requests = new Map<string, ProvenRequest>();
  const runs = new Map<string, Run>();
  const misfits = new Map<string, Misfit>();
  /** They have ended by the last commit, unless it has further records, which open their grants. */
  let ended: string[] = [];
  let lastOp = '';

  function add(record: AuditRecord): Misfit | null {
    const id = record.request;
    if (record.op !== lastOp) dropEnded();
    lastOp = record.op;
    if (id === null || misfits.has(id)) return null;
    const known = requests.get(id) ?? null;
    // It began before the first record that was read, or it has ended.
    if (known === null && record.event !== 'requested') return null;
    const prior = known?.request ?? null;
    try {
      const request = checkedEvolve(prior, record);
      if (request === null || request === prior) return null;
      keep({ request, first: known?.first ?? record.seq });
      setLimit(prior, request, record.op);
      if (isOver(request)) ended.push(id);
      return null;
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      return misfit({ request: id, seq: record.seq, why, unknown: false });
    }
  }

  /** The version is that of the request after the whole commit, which may have further records about it. */
  function setLimit(prior: ThrottleRequest | null, request: ThrottleRequest, op: string): void {
    const run = runOf(request.execution);
    const isSet = limitVersionOf(prior, request) !== '';
    if (isSet || (run.op === op && run.limit !== null && requestOf(run.limit) === request.id)) {
      run.limit = `${request.id}:${request.version}`;
      run.op = op;
    }
  }

  function misfit(found: Misfit): Misfit {
    const known = requests.get(found.request);
    if (known) drop(known.request);
    misfits.set(found.request, found);
    const [oldest] = misfits.keys();
    if (misfits.size > MAX_MISFITS && oldest !== undefined) misfits.delete(oldest);
    return found;
  }

  function dropEnded(): void {
    for (const id of ended) {
      const request = requests.get(id)?.request;
      if (request && isOver(request)) drop(request);
    }
    ended = [];
  }

  function keep(proven: ProvenRequest): void {
    requests.set(proven.request.id, proven);
    runOf(proven.request.execution).open.add(proven.request.id);
  }

  function drop({ id, execution }: ThrottleRequest): void {
    requests.delete(id);
    const run = runOf(execution);
    run.open.delete(id);
    if (run.open.size === 0) runs.delete(execution);
  }

  function runOf(execution: string): Run {
    const run = runs.get(execution) ?? { limit: null, op: null, open: new Set<string>() };
    runs.set(execution, run);
    return run;
  }

  /** What is asked is asked between two commits. */
  function openNow(): Map<string, ProvenRequest> {
    dropEnded();
    return requests;
  }

  return {
    /** @returns what is wrong with the record; from there on its request is not proven */
    add,
    /** A record about a request whose event or detail this version does not know. */
    addUnknown: (request: string, seq: number): Misfit =>
      misfit({ request, seq, why: `record ${seq} is of a kind that this version does not know`, unknown: true }),
    get: (id: string): ProvenRequest | null => openNow().get(id) ?? null,
    misfit: (id: string): Misfit | null => misfits.get(id) ?? null,
    /**
     * Which request set the limit of an execution, and the version of that; null where no request about the execution is
     * open, or its limit was set before the first of them.
     */
    inForce(execution: string): { request: string; version: string; isGranted: boolean } | null {
      const open = openNow();
      const version = runs.get(execution)?.limit ?? null;
      if (version === null) return null;
      const request = requestOf(version);
      return { request, version, isGranted: open.has(request) };
    },
    all: (): ProvenRequest[] => [...openNow().values()],
    /** The place of the first record that is still needed; null where nothing is open. */
    first: (): number | null =>
      [...openNow().values()].reduce<number | null>((least, { first }) => Math.min(least ?? first, first), null),
    /** Forgets all: what follows is not the continuation of what was added. */
    clear(): void {
      requests.clear();
      runs.clear();
      misfits.clear();
      ended = [];
    },
  };
}

function isOver(request: ThrottleRequest): boolean {
  return !isOpen(request) && !hasOpenGrant(request);
}

export type OpenRequests = ReturnType<typeof createOpenRequests>;
