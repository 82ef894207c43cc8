import type { AuditRecord } from '../audit/audit-record.ts';
import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { evolveRun, isRunEvent } from '../run/evolve-run.ts';
import { hasOpenGrant } from '../run/grant/timed-grant.ts';
import { grantOf, type Run } from '../run/run.ts';
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

/** A run as its records say it is. */
export interface ProvenRun {
  run: Run;
  /** The last record that concerns its limit. */
  lastSeq: number;
}

interface FoldedRun {
  run: Run | null;
  /** The first record since its limit was last the one from before the bot's changes. */
  first: number;
  lastSeq: number;
  /** When that one was written. */
  lastAt: string;
  /** From this record on, all of its records are folded. */
  since: number;
  /** The open requests about it. */
  open: Set<string>;
}

/** More than ever are wrong at once, unless somebody makes them so. */
const MAX_MISFITS = 1000;
/** More than run at once: of those with no open request and no end ahead, the ones that were changed longest ago are dropped. */
const MAX_RUNS = 10_000;
/** No execution runs longer. That one with a limit without an end has ended is not on record. */
const LONGEST_RUN_MS = 90 * 86_400_000;

/**
 * Folds the records of a log, in their order, into the requests that are open or whose grant is open, and into the runs that
 * they are about. What has ended is dropped, so it grows with what is going on, not with the log.
 * @param isWhole whether all records of the log are added, from its first on: then a change of a limit must be of a request
 * that is open
 */
export function createOpenRequests({ isWhole = false } = {}) {
  const requests = new Map<string, ProvenRequest>();
  const runs = new Map<string, FoldedRun>();
  const misfits = new Map<string, Misfit>();
  /** They have ended by the last commit, unless it has further records, which open their grants. */
  let ended: string[] = [];
  let lastOp = '';
  let lastAt = '';
  let lastSeq = 0;
  /** Nothing was left out or forgotten of what is open. */
  let hasAll = isWhole;

  function add(record: AuditRecord): Misfit | null {
    const id = record.request;
    if (record.op !== lastOp) dropEnded();
    lastOp = record.op;
    lastAt = record.at;
    lastSeq = record.seq;
    try {
      addToRun(record);
      if (id === null || misfits.has(id)) return null;
      const known = requests.get(id) ?? null;
      const isChange = record.event === 'apply.started' || record.event === 'applied';
      if (known === null && hasAll && isChange) throw new Error(`${record.event} of ${id}, which is not open`);
      // It began before the first record that was read, or it has ended.
      if (known === null && record.event !== 'requested') return null;
      const prior = known?.request ?? null;
      const request = checkedEvolve(prior, record);
      if (request === null || request === prior) return null;
      keep({ request, first: known?.first ?? record.seq });
      if (isOver(request)) ended.push(id);
      return null;
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      return misfit({ request: id ?? record.execution ?? '', seq: record.seq, why, unknown: false });
    }
  }

  function addToRun(record: AuditRecord): void {
    if (record.execution === null || !isRunEvent(record)) return;
    const folded = runOf(record.execution);
    const grants = folded.run?.grants;
    if (isAtRest(folded.run)) folded.first = record.seq;
    folded.run = evolveRun(folded.run, record);
    folded.lastSeq = record.seq;
    folded.lastAt = record.at;
    // The one that was changed last is the last of the map.
    runs.delete(record.execution);
    runs.set(record.execution, folded);
    // Those without an end are over when their run has no such grant any more.
    if (grants !== folded.run?.grants) ended.push(...folded.open);
    if (runs.size > MAX_RUNS) forget(leastNeeded() ?? record.execution);
  }

  function leastNeeded(): string | undefined {
    for (const [execution, { run, open }] of runs) {
      if (run?.change == null && ![...open].some(isExpected)) return execution;
    }
    return runs.keys().next().value;
  }

  /** Whether something is expected to happen to it, without anybody asking for that. */
  function isExpected(id: string): boolean {
    const request = requests.get(id)?.request;
    return request !== undefined && (isOpen(request) || hasOpenGrant(request));
  }

  /** Its execution has certainly ended. */
  function isLongOver({ id, execution }: ThrottleRequest): boolean {
    const changedAt = runs.get(execution)?.lastAt ?? lastAt;
    return !isExpected(id) && Date.parse(lastAt) - Date.parse(changedAt) > LONGEST_RUN_MS;
  }

  function forget(execution: string): void {
    hasAll = false;
    for (const id of runs.get(execution)?.open ?? []) requests.delete(id);
    runs.delete(execution);
  }

  /** Nothing more is expected of it: it has ended, and its limit too. */
  function isOver(request: ThrottleRequest): boolean {
    const run = runs.get(request.execution)?.run ?? null;
    return !isOpen(request) && !hasOpenGrant(request) && !(run && grantOf(run, request.id));
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
    if (run.open.size === 0 && isAtRest(run.run)) runs.delete(execution);
  }

  function runOf(execution: string): FoldedRun {
    const known = runs.get(execution);
    const run: FoldedRun = known ?? { run: null, first: 0, lastSeq: 0, lastAt, since: lastSeq, open: new Set() };
    runs.set(execution, run);
    return run;
  }

  /** What is asked is asked between two commits. */
  function openNow(): Map<string, ProvenRequest> {
    dropEnded();
    return requests;
  }

  function needed(): ProvenRequest[] {
    return [...openNow().values()].filter(({ request }) => !isLongOver(request));
  }

  /** What their limit was before the bot's first change is in their first record. */
  function runsUnderWay(): FoldedRun[] {
    const since = Date.parse(lastAt) - LONGEST_RUN_MS;
    return [...runs.values()].filter((one) => !isAtRest(one.run) && Date.parse(one.lastAt) > since);
  }

  return {
    /** @returns what is wrong with the record; from there on its request is not proven */
    add,
    /** A record about a request whose event or detail this version does not know. */
    addUnknown: (request: string, seq: number): Misfit =>
      misfit({ request, seq, why: `record ${seq} is of a kind that this version does not know`, unknown: true }),
    get: (id: string): ProvenRequest | null => openNow().get(id) ?? null,
    misfit: (id: string): Misfit | null => misfits.get(id) ?? null,
    /** Null where no record since the first that was read concerns its limit. */
    run(execution: string): ProvenRun | null {
      dropEnded();
      const folded = runs.get(execution);
      return folded?.run ? { run: folded.run, lastSeq: folded.lastSeq } : null;
    },
    /**
     * Whether no record after `seq` is known to concern the limit of this execution, and all of them are known. `next`: the first
     * one after it that names the execution.
     */
    isUnchangedAfter(execution: string, seq: number, next: number | null): boolean {
      const folded = runs.get(execution);
      if (!folded) return false;
      return folded.run === null ? next !== null && next >= folded.since : folded.lastSeq <= seq;
    },
    all: needed,
    /** The place of the first record that is still needed; null where nothing is going on. */
    first(): number | null {
      const all = [...needed(), ...runsUnderWay()];
      return all.reduce<number | null>((least, { first }) => Math.min(least ?? first, first), null);
    },
    /** Forgets all: what follows is not the continuation of what was added. */
    clear(): void {
      requests.clear();
      runs.clear();
      misfits.clear();
      ended = [];
      hasAll = false;
    },
  };
}

/** Nothing of it is needed: the next change of its limit tells what it was before. */
export function isAtRest(run: Run | null): boolean {
  if (run === null) return true;
  const { grants, change, unconfirmed, inForce, baseline } = run;
  const isBaseline = inForce === null || (inForce.rate === baseline && inForce.or === null);
  return grants.length === 0 && change === null && unconfirmed.length === 0 && isBaseline;
}

export type OpenRequests = ReturnType<typeof createOpenRequests>;
