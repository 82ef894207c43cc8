import { etaAt } from '../../domain/execution/impact.ts';
import { isActive, type TaskExecution } from '../../domain/execution/task-execution.ts';
import { limitSince, measuredRate, nextLookSeconds } from '../../domain/execution/watch-pace.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { AwsFault } from '../faults.ts';
import type { Looks } from '../ports/looks.ts';
import type { Claim } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { readAccess } from './aws-access.ts';
import { correctLeftLimit } from './correct-limit.ts';
import { recordRunEnded } from './end-grants.ts';
import { isDenied, observeExecution } from './observe-execution.ts';
import { laterIfUnproven, loadProven, provenRun } from './proven-state.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';
import { settleCorrection, settleOrigin } from './settle-origin.ts';

export type PollDeps = ReconcileDeps & { looks: Looks };

/**
 * Shows on the request's card what AWS answered, or its fault, so that the card needs no call of its own; `seen` null:
 * AWS was not called. `live`: nothing changed but the transfer's progress, which may also wait for the next poll.
 * Returns null when all is shown.
 */
type Show = (
  id: string,
  observed: TaskExecution | AwsFault | null,
  live: boolean,
) => Promise<{ againInSeconds: number } | null>;

const TRY_AGAIN_SECONDS = 30;
/** An IAM policy has to be changed first. */
const DENIED_AGAIN_SECONDS = 300;

/**
 * Reads an execution with a limit of the bot once: updates the card, records and follows a change made outside the bot, and
 * notices the end of the run. Each execution is polled for one request only, the one whose limit is in force.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function pollExecution(deps: PollDeps, id: string, claim: Claim, show: Show): Promise<WorkOutcome> {
  return laterIfUnproven(poll(deps, id, claim, show));
}

async function poll(deps: PollDeps, id: string, claim: Claim, show: Show): Promise<WorkOutcome> {
  const request = (await loadProven(deps.ledger, id))?.request;
  if (request?.status !== 'applied') return DONE;
  const stored = await provenRun(deps.ledger, request.execution);
  if (stored.inForce?.request !== id) return shown(show, id, null);
  const execution = await observeExecution(deps, request.execution, readAccess(request, deps.policy));
  if (execution instanceof AwsFault) {
    if (execution.kind === 'gone') return endPolling(deps, { stored, request, seen: execution, claim }, show);
    // The time left on the card still counts down.
    await show(id, execution, true);
    return later(isDenied(execution) ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, execution.message);
  }
  const look = await keepLook(deps, request, execution);
  if (!isActive(execution.status)) return endPolling(deps, { stored, request, seen: execution, claim }, show);
  const seen = { stored, request, execution, claim };
  const unsettled = stored.run?.change
    ? await settleCorrection(deps, { stored, claim })
    : ((await settleOrigin(deps, seen)) ?? (await correctLeftLimit(deps, seen)));
  const put = await show(id, execution, unsettled === null);
  const transferring = execution.status === 'TRANSFERRING';
  const eta = etaAt(execution, execution.bytesPerSecond, look.measured);
  const seconds = nextLookSeconds(eta, transferring && look.measured === null);
  const pace = Math.max(seconds, put?.againInSeconds ?? 0);
  // What was settled just now needs no look of its own.
  if (unsettled?.kind === 'later' && unsettled.seconds > 0)
    return later(Math.min(unsettled.seconds, pace), unsettled.why);
  return later(pace, 'it runs');
}

/** Measures the transfer since the last poll, and keeps this one for the next. */
async function keepLook({ looks }: PollDeps, request: ThrottleRequest, execution: TaskExecution) {
  const before = await looks.last(request.execution);
  const limit = execution.bytesPerSecond;
  const since = limitSince(before, execution, changesOnRecord(request));
  const measured = measuredRate(before, execution, since);
  const transferring = execution.status === 'TRANSFERRING';
  // The limit has not changed since the last poll, so what was measured then is still valid.
  const earlier = transferring && before?.limit === limit && before.since === since ? before.measured : null;
  const look = { limit, since, measured: measured ?? earlier };
  await looks.keep(request.execution, { at: execution.lookedAt, bytes: execution.bytesTransferred, ...look });
  return look;
}

/** When the bot or somebody else changed the limit, according to this request's records. */
function changesOnRecord({ ending, hold, drift, from, to }: ThrottleRequest): string[] {
  const applied = from === to ? null : ending?.at;
  const reverted = hold?.end?.how === 'reverted' ? hold.end.at : null;
  return [applied, reverted, drift?.at].filter((at) => typeof at === 'string');
}

/** The run has ended, or AWS no longer knows it: all grants on it end too, and the polling. */
async function endPolling(
  deps: PollDeps,
  of: { stored: StoredRun; request: ThrottleRequest; seen: TaskExecution | AwsFault; claim: Claim },
  show: Show,
): Promise<WorkOutcome> {
  const { stored, request, seen } = of;
  const { claim } = of;
  const unsettled = await settleCorrection(deps, { stored, claim });
  if (unsettled) return unsettled;
  if (stored.run?.change) return later(TRY_AGAIN_SECONDS, 'a change of its limit is in flight');
  if (!(await recordRunEnded(deps, of))) return later(TRY_AGAIN_SECONDS, 'another change is under way');
  // The version moves with what was just recorded.
  const { inForce } = await deps.ledger.run(request.execution);
  if (inForce) await deps.ledger.releaseExecution(request.execution, inForce.version);
  return shown(show, request.id, seen);
}

async function shown(show: Show, id: string, execution: TaskExecution | AwsFault | null): Promise<WorkOutcome> {
  const again = await show(id, execution, false);
  return again ? later(again.againInSeconds, 'the card could not be edited yet') : DONE;
}
