import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { isBeyondChange, isUpdatable } from '../../domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { type PlannedChange, skippedEvent, undoneEvent } from '../../domain/run/change/change-events.ts';
import { changeTo, desiredLimit } from '../../domain/run/desired-limit.ts';
import { hasOpenGrant, type TimedGrant } from '../../domain/run/grant/timed-grant.ts';
import { grantOf, memberOf, type Run, untouchedRun } from '../../domain/run/run.ts';
import { AwsFault } from '../faults.ts';
import type { Change } from '../ports/commit.ts';
import type { Claim } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess } from './aws-access.ts';
import { beginChange, operationKey, readBack } from './change-limit.ts';
import { recordRunEnded } from './end-grants.ts';
import { appliesAgain } from './follow-up.ts';
import { deniedAction, isDenied, observeExecution } from './observe-execution.ts';
import { laterIfUnproven, loadProven, provenRun } from './proven-state.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';
import { settleCorrection, settleOrigin } from './settle-origin.ts';

type GrantedRequest = ThrottleRequest & { hold: TimedGrant };

interface Ending {
  stored: StoredRun;
  run: Run;
  request: GrantedRequest;
  claim: Claim;
}

const TRY_AGAIN_SECONDS = 5;
/** Another change of the run is under way and takes a moment. */
const BUSY_SECONDS = 1;
const BUSY = 'another change of the run is under way';
/** A status that this version does not know passes when AWS is done with it. */
const UNKNOWN_STATUS_SECONDS = 15;

/**
 * Ends a grant whose time is over, and brings the run to the limit that applies then: that of an earlier grant, or the one from
 * before. Safe to run again at any point, by any bot: a change that was begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function endGrant(deps: ReconcileDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  return laterIfUnproven(end(deps, id, claim));
}

async function end(deps: ReconcileDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  const request = (await loadProven(deps.ledger, id))?.request;
  if (!request || !hasOpenGrant(request)) return DONE;
  const stored = await provenRun(deps.ledger, request.execution);
  const change = stored.run?.change ?? null;
  if (change?.cause === 'end' && change.request === id) return readBack(deps, { stored, request, claim }, null);
  const seconds = (Date.parse(request.hold.dueAt) - deps.clock.now().getTime()) / 1000;
  if (seconds > 0) return later(seconds, 'its time is not over yet');
  if (change) return (await settleCorrection(deps, { stored, claim })) ?? later(BUSY_SECONDS, BUSY);
  const run = endingAt(runOf(stored, request), request);
  const ending = { stored, run, request, claim };
  // It was ended by a change made outside the bot.
  if (!grantOf(run, id)) return skip(deps, ending, 'changed');
  if (isCovered(run, id)) return skip(deps, ending, 'covered');
  return bringBack(deps, ending);
}

/**
 * Whether another limit applies, or what this one gave way to. Where a limit above it could not be reverted, AWS has that one
 * still, though no grant is left of it: then this end is the next occasion to bring the run to what it should have.
 */
function isCovered(run: Run, id: string): boolean {
  const holder = run.inForce?.request ?? null;
  return holder === null || (holder !== id && grantOf(run, holder) !== null);
}

/** Where its records tell of no limit, they were archived before runs were stored: then the request says what the run is. */
function runOf({ run }: StoredRun, request: GrantedRequest): Run {
  const isTold = run !== null && (run.inForce !== null || run.grants.length > 0);
  return isTold ? run : { ...runOfGrant(request), link: run?.link };
}

/** What the request itself says about the run. */
function runOfGrant({ id, execution, to, hold }: GrantedRequest): Run {
  const { base, dueAt: until, role } = hold;
  const inForce = { rate: to, or: null, at: hold.scheduledAt, request: id };
  return { ...untouchedRun(execution), baseline: base, inForce, grants: [{ request: id, rate: to, until, role }] };
}

/** A bot of an older version may have moved the end without moving the run. */
function endingAt(run: Run, { id, hold }: GrantedRequest): Run {
  return { ...run, grants: run.grants.map((one) => (one.request === id ? { ...one, until: hold.dueAt } : one)) };
}

async function bringBack(deps: ReconcileDeps, ending: Ending): Promise<WorkOutcome> {
  const { stored, request, claim } = ending;
  const access = changeAccess(request, request.hold.role, request.hold.by ?? request.requester);
  const execution = await observeExecution(deps, request.execution, access);
  if (execution instanceof AwsFault) return notShown(deps, ending, execution);
  if (isBeyondChange(execution.status)) {
    const recorded = await recordRunEnded(deps, { stored, request, seen: execution, claim });
    return recorded ? DONE : later(BUSY_SECONDS, 'the run was changed meanwhile');
  }
  const unsettled = await settleOrigin(deps, { stored, execution, claim });
  if (unsettled) return unsettled;
  if (!isUpdatable(execution.status)) {
    return later(UNKNOWN_STATUS_SECONDS, `AWS shows a status that is not known here (${execution.status})`);
  }
  return setNext(deps, ending, execution);
}

/** Sends what applies next, unless it is the same rate. */
async function setNext(deps: ReconcileDeps, ending: Ending, execution: TaskExecution): Promise<WorkOutcome> {
  const { stored, run, request, claim } = ending;
  const next = changeTo(desiredLimit(run, { now: deps.clock.now() }));
  const from = execution.bytesPerSecond;
  if (next === null) return fail(deps, ending, { why: 'base-unknown', execution });
  if (next.to === from) return skip(deps, ending, 'same-rate', { execution, next });
  const { role } = request.hold;
  const about = { execution: stored.execution, memberOf: memberOf(run), policy: deps.policy.current().digest };
  const plan: PlannedChange = { ...about, cause: 'end', request, from, ...next, role };
  return beginChange(deps, plan, { stored, request, claim });
}

/** AWS does not show the execution, and nothing was sent yet. */
async function notShown(deps: ReconcileDeps, ending: Ending, fault: AwsFault): Promise<WorkOutcome> {
  const { stored, request, claim } = ending;
  if (fault.kind === 'gone') {
    const recorded = await recordRunEnded(deps, { stored, request, seen: fault, claim });
    return recorded ? DONE : later(BUSY_SECONDS, 'the run was changed meanwhile');
  }
  if (isDenied(fault)) return fail(deps, ending, { why: 'denied', execution: null, about: deniedAction(fault) });
  return later(TRY_AGAIN_SECONDS, fault.message);
}

function fail(deps: ReconcileDeps, ending: Ending, why: Parameters<typeof undoneEvent>[1]): Promise<WorkOutcome> {
  const { stored, request } = ending;
  const { role, base } = request.hold;
  const policy = deps.policy.current().digest;
  const from = stored.run?.inForce?.rate ?? request.to;
  const plan: PlannedChange = {
    execution: stored.execution,
    cause: 'end',
    request,
    grant: null,
    link: null,
    memberOf: memberOf(ending.run),
    from,
    to: base,
    role,
    policy,
  };
  return write(deps, ending, undoneEvent(plan, why));
}

function skip(
  deps: ReconcileDeps,
  ending: Ending,
  why: 'changed' | 'covered' | 'same-rate',
  shown: { execution: TaskExecution; next: NonNullable<ReturnType<typeof changeTo>> } | null = null,
): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  const about = { policy, memberOf: memberOf(ending.run), ...(shown ? { to: shown.next.to } : {}) };
  const facts = shown ? { execution: shown.execution, next: shown.next } : {};
  const others = shown?.next.grant ? appliesAgain(shown.next.grant) : [];
  return write(deps, ending, skippedEvent(ending.request, why, about, facts), others);
}

async function write(
  deps: ReconcileDeps,
  ending: Ending,
  event: Change['events'][number],
  others: Change['others'] = [],
): Promise<WorkOutcome> {
  const { request: prior, stored: run, claim } = ending;
  const effects: Change['effects'] = ['show', 'tell'];
  const committed = await deps.ledger.commit({
    op: operationKey(ending),
    prior,
    events: [event],
    effects,
    others,
    run,
    claim,
  });
  return committed.kind === 'committed' ? DONE : later(BUSY_SECONDS, `the request was ${committed.kind}`);
}
