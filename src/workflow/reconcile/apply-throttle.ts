import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { canExtend, unsentEvents } from '../../domain/request/decide-extend.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import {
  type BeginDecision,
  decideBegin,
  deniedEvent,
  planOfRequest,
  vanishedEvent,
} from '../../domain/run/change/decide-apply.ts';
import { cappedAt } from '../../domain/run/desired-limit.ts';
import { AwsFault, PersonUnknown } from '../faults.ts';
import type { Change } from '../ports/commit.ts';
import type { Claim } from '../ports/outbox.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess } from './aws-access.ts';
import { beginChange, operationKey, readBack } from './change-limit.ts';
import { afterApplied } from './follow-up.ts';
import { deniedAction, isDenied, observeExecution } from './observe-execution.ts';
import { laterIfUnproven, loadProven, provenRun } from './proven-state.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';
import { type CurrentFacts, currentFacts } from './request-facts.ts';
import { settleCorrection, settleOrigin } from './settle-origin.ts';

const TRY_AGAIN_SECONDS = 5;
/** Another change of the run is under way and takes a moment. */
const BUSY_SECONDS = 1;
const BUSY = 'another change of the run is under way';
const WAITS_FOR = {
  groups: 'Slack can’t say who may',
  policies: 'another bot runs a policy that can’t be read here',
  status: 'AWS shows a status that is not known here',
} as const;

/**
 * Carries out an approved request: check it again, put the intent on record, send, read back. Safe to run again at any
 * point: a change that was begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function applyThrottle(deps: ReconcileDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  return laterIfUnproven(apply(deps, id, claim));
}

async function apply(deps: ReconcileDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  const request = (await loadProven(deps.ledger, id))?.request;
  if (request?.status === 'approved') return begin(deps, request, claim);
  if (request?.status !== 'applying') return DONE;
  const stored = await provenRun(deps.ledger, request.execution);
  if (stored.run?.change?.request !== id) throw new Error(`${id} is being applied, and no change of it is in flight`);
  return readBack(deps, { stored, request, claim }, null);
}

async function begin(deps: ReconcileDeps, request: ThrottleRequest, claim: Claim): Promise<WorkOutcome> {
  const facts = await factsOrNull(deps, request);
  if (!facts) return later(TRY_AGAIN_SECONDS, WAITS_FOR.groups);
  const { stored } = facts;
  // All the rest first, AWS last: without a rule, the role to call it under is not known.
  const withoutAws = decideBegin(request, { ...facts, execution: null });
  if (withoutAws.kind === 'wait') return later(TRY_AGAIN_SECONDS, WAITS_FOR[withoutAws.for]);
  if (withoutAws.kind === 'end') return conclude(deps, { ...facts, request, claim }, [withoutAws.event]);
  if (stored.run?.change) {
    return (await settleCorrection(deps, { stored, claim })) ?? later(BUSY_SECONDS, BUSY);
  }
  const role = ruleNow(request, facts.inForce)?.role ?? null;
  const execution = await observeExecution(deps, request.execution, changeAccess(request, role));
  if (execution instanceof AwsFault) return notShown(deps, { ...facts, request, claim }, execution);
  const unsettled = await settleOrigin(deps, { stored, execution, claim });
  if (unsettled) return unsettled;
  const decision = decideBegin(request, { ...facts, execution, now: deps.clock.now() });
  return follow(deps, { ...facts, request, claim, execution }, decision);
}

type Begun = CurrentFacts & { request: ThrottleRequest; claim: Claim };

/** AWS does not show the execution, and nothing was sent yet. */
async function notShown(deps: ReconcileDeps, of: Begun, fault: AwsFault): Promise<WorkOutcome> {
  const { request, inForce } = of;
  if (isDenied(fault)) return conclude(deps, of, [deniedEvent(request, inForce.digest, deniedAction(fault))]);
  if (fault.kind === 'gone') return conclude(deps, of, [vanishedEvent(request, inForce.digest, fault)]);
  return later(TRY_AGAIN_SECONDS, fault.message);
}

async function follow(
  deps: ReconcileDeps,
  of: Begun & { execution: TaskExecution },
  decision: BeginDecision,
): Promise<WorkOutcome> {
  const { request, stored, claim } = of;
  if (decision.kind === 'wait') return later(TRY_AGAIN_SECONDS, WAITS_FOR[decision.for]);
  if (decision.kind === 'end') return conclude(deps, of, [decision.event]);
  const { link: cappedBy } = cappedAt(of.run, request.to, of.now);
  if (cappedBy !== null) return applyUnsent(deps, of, cappedBy);
  const isSet = request.from === request.to && of.execution.bytesPerSecond === request.to;
  // A link may have moved the limit that is extended. Where that one is over, nothing is sent either: its extension is stale.
  if (isSet || (request.extends && !(await extendable(deps, of)))) return applyUnsent(deps, of, null);
  return beginChange(deps, planOfRequest(request, of), { stored, request, claim }, 1, decision.event);
}

/**
 * The rate is in force already, so putting the grant on record is all that applying it takes. Or a link caps it, and nothing is
 * sent for the request itself.
 */
async function applyUnsent(
  deps: ReconcileDeps,
  of: Begun & { execution: TaskExecution },
  cappedBy: string | null,
): Promise<WorkOutcome> {
  const { request, stored } = of;
  const now = deps.clock.now();
  const extended = await extendedBy(deps, request);
  const events = unsentEvents(request, { ...of, extended, cappedBy, now });
  const isApplied = events.some(({ event }) => event === 'applied');
  return conclude(deps, of, events, isApplied ? afterApplied(events, { before: stored, now }) : {});
}

async function extendedBy(
  { ledger }: ReconcileDeps,
  { extends: more }: ThrottleRequest,
): Promise<ThrottleRequest | null> {
  return more ? ((await loadProven(ledger, more.request))?.request ?? null) : null;
}

async function extendable(deps: ReconcileDeps, { request, run }: Begun): Promise<boolean> {
  const extended = await extendedBy(deps, request);
  return extended !== null && canExtend(extended, run, deps.clock.now());
}

async function conclude(
  deps: ReconcileDeps,
  of: Begun,
  events: readonly AuditEvent[],
  more: Pick<Change, 'effects' | 'timers' | 'others'> = {},
): Promise<WorkOutcome> {
  const { request: prior, stored: run, claim } = of;
  const effects: Change['effects'] = ['show', 'result'];
  const committed = await deps.ledger.commit({ op: operationKey(of), prior, events, run, effects, ...more, claim });
  return committed.kind === 'committed' ? DONE : later(BUSY_SECONDS, `the request was ${committed.kind}`);
}

/** Null where Slack can't say who somebody is. */
async function factsOrNull(deps: ReconcileDeps, request: ThrottleRequest): Promise<CurrentFacts | null> {
  try {
    return await currentFacts(deps, request);
  } catch (fault) {
    if (fault instanceof PersonUnknown) return null;
    throw fault;
  }
}
