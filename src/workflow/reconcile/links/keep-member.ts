import { isBeyondChange, isUpdatable, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import { hasUnreadable } from '../../../domain/policy/policies-in-force.ts';
import { directionOf } from '../../../domain/policy/policy.ts';
import type { PlannedChange } from '../../../domain/run/change/change-events.ts';
import { changeTo, desiredLimit, isOpenAt } from '../../../domain/run/desired-limit.ts';
import { strictestLimits } from '../../../domain/run/link-limits.ts';
import { memberOf, type Run } from '../../../domain/run/run.ts';
import { AwsFault } from '../../faults.ts';
import type { Claim } from '../../ports/outbox.ts';
import type { StoredRun } from '../../ports/stored-run.ts';
import { DONE, later, type WorkOutcome } from '../../work-outcome.ts';
import { ruleOfMember } from '../aws-access.ts';
import { beginChange } from '../change-limit.ts';
import { recordRunEnded } from '../end-grants.ts';
import { DENIED_AGAIN_SECONDS, isDenied, observeExecution } from '../observe-execution.ts';
import { laterIfUnproven, provenRun } from '../proven-state.ts';
import type { ReconcileDeps } from '../reconcile-deps.ts';
import { settleCorrection, settleOrigin } from '../settle-origin.ts';

/** How often a member is looked at while nothing is due. */
const LOOK_SECONDS = 60;
const TRY_AGAIN_SECONDS = 15;
/** A person has to do something first: allow the role the change, mostly. */
const FAILED_AGAIN_SECONDS = 900;
/** Another change of the run is under way and takes a moment. */
const BUSY_SECONDS = 1;

interface Member {
  stored: StoredRun;
  run: Run;
  execution: TaskExecution;
  role: string | null;
  claim: Claim;
}

/**
 * Brings an execution to what its link allows now, and an execution that has left its link to what it should have without it. Again
 * and again until it ends, at each time at which its link allows another limit. Safe to run again at any point, by any bot.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost, AwsFault: the worker tries again
 */
export function keepMember(deps: ReconcileDeps, arn: string, claim: Claim): Promise<WorkOutcome> {
  return laterIfUnproven(keep(deps, arn, claim));
}

async function keep(deps: ReconcileDeps, arn: string, claim: Claim): Promise<WorkOutcome> {
  const stored = await provenRun(deps.ledger, arn);
  const { run } = stored;
  if (run === null || memberOf(run) === null) return DONE;
  if (run.change) {
    return (await settleCorrection(deps, { stored, claim })) ?? later(BUSY_SECONDS, 'another change is under way');
  }
  const rule = ruleOfMember(arn, deps.policy);
  if (rule === null) return later(LOOK_SECONDS, 'no rule of the policy names its task, so it is left alone');
  const { role } = rule;
  const execution = await observeExecution(deps, arn, { role, session: { kind: 'read' } });
  if (execution instanceof AwsFault) {
    if (execution.kind === 'gone') return end(deps, stored, execution, claim);
    return later(isDenied(execution) ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, execution.message);
  }
  if (isBeyondChange(execution.status)) return end(deps, stored, execution, claim);
  const unsettled = await settleOrigin(deps, { stored, execution, claim });
  if (unsettled) return unsettled;
  if (!isUpdatable(execution.status)) return later(TRY_AGAIN_SECONDS, `AWS shows ${execution.status}`);
  return setDue(deps, { stored, run, execution, role, claim });
}

async function setDue(deps: ReconcileDeps, { stored, run, execution, role, claim }: Member): Promise<WorkOutcome> {
  const now = deps.clock.now();
  // The end of a grant is work of its own, and decides what is next.
  if (run.grants.some((grant) => !isOpenAt(grant, now))) return later(BUSY_SECONDS, 'the end of a limit is under way');
  const from = execution.bytesPerSecond;
  const next = dueFor({ ...run, baseline: run.baseline ?? from }, from, now);
  if (next === null || next.to === from) return later(secondsToNext(run, now), 'its limit is what it should be');
  const waits = secondsAfterFailure(run, next.to, now);
  if (waits > 0) return later(Math.min(waits, secondsToNext(run, now)), 'AWS did not carry the change out');
  const inForce = await deps.policy.counting();
  if (hasUnreadable(inForce) && isRaise(from, next.to)) {
    return later(TRY_AGAIN_SECONDS, 'another bot runs a policy that can’t be read here');
  }
  const plan: PlannedChange = {
    execution: stored.execution,
    cause: 'link',
    request: null,
    memberOf: memberOf(run),
    from,
    ...next,
    role,
    policy: inForce.digest,
  };
  const outcome = await beginChange(deps, plan, { stored, request: null, claim });
  return outcome.kind === 'done' ? later(secondsToNext(run, deps.clock.now()), 'its limit was set') : outcome;
}

/** Lowered by what this bot's policy allows; raised by what the policies of all bots do. Null: it stays what it is. */
function dueFor(run: Run, from: number, now: Date) {
  const own = changeTo(desiredLimit(run, { now }));
  if (own === null || !isRaise(from, own.to) || !run.link) return own;
  const byAll = changeTo(desiredLimit({ ...run, link: strictestLimits(run.link) }, { now }));
  // Where the others allow less than it has, one of them lowers it.
  return byAll && isRaise(from, byAll.to) ? byAll : null;
}

function isRaise(from: number, to: number): boolean {
  return to !== from && directionOf(from, to) !== 'lower';
}

/** How long a rate that AWS did not set waits before it is sent again. */
function secondsAfterFailure({ notSet }: Run, to: number, now: Date): number {
  if (notSet?.rate !== to) return 0;
  return FAILED_AGAIN_SECONDS - (now.getTime() - Date.parse(notSet.at)) / 1000;
}

/** Until its link allows another limit, or it is time for a look. */
function secondsToNext({ link }: Run, now: Date): number {
  const next = link?.limits.find(({ from }) => from > now)?.from.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(LOOK_SECONDS, (next - now.getTime()) / 1000);
}

async function end(
  deps: ReconcileDeps,
  stored: StoredRun,
  seen: TaskExecution | AwsFault,
  claim: Claim,
): Promise<WorkOutcome> {
  // Where a request's limit is in force, the polling for its card notices the end.
  const isRecorded = stored.inForce !== null || (await recordRunEnded(deps, { stored, request: null, seen, claim }));
  return isRecorded ? DONE : later(BUSY_SECONDS, 'the run was changed meanwhile');
}
