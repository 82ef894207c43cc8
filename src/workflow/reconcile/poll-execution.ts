import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { etaAt } from '../../domain/execution/impact.ts';
import { isActive, type TaskExecution } from '../../domain/execution/task-execution.ts';
import { limitSince, measuredRate, nextLookSeconds } from '../../domain/execution/watch-pace.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { decideDrift } from '../../domain/run/decide-drift.ts';
import { skippedEvent } from '../../domain/run/decide-revert.ts';
import { hasOpenGrant, isReverting } from '../../domain/run/timed-grant.ts';
import { AwsFault } from '../faults.ts';
import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executions } from '../ports/executions.ts';
import type { InForce, Ledger } from '../ports/ledger.ts';
import type { Looks } from '../ports/looks.ts';
import type { Claim, EffectKind } from '../ports/outbox.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { readAccess } from './aws-access.ts';
import { isDenied, observeExecution } from './observe-execution.ts';
import { laterIfUnproven, loadProven } from './proven-state.ts';

export interface PollDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  policy: PolicySource;
  clock: Clock;
  looks: Looks;
}

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
 * Reads an execution with a limit of the bot once: updates the card, puts a change made outside the bot on record, and
 * notices the end of the run. Each execution is polled for one request only, the one that set its limit last.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function pollExecution(deps: PollDeps, id: string, claim: Claim, show: Show): Promise<WorkOutcome> {
  return laterIfUnproven(poll(deps, id, claim, show));
}

async function poll(deps: PollDeps, id: string, claim: Claim, show: Show): Promise<WorkOutcome> {
  const stored = await loadProven(deps.ledger, id);
  if (stored?.request.status !== 'applied') return DONE;
  const { request } = stored;
  const setBy = await deps.ledger.inForceOf(request.execution);
  if (setBy?.request !== id) return shown(show, id, null);
  const execution = await observeExecution(deps, request, readAccess(request, deps.policy));
  if (execution instanceof AwsFault) {
    if (execution.kind === 'gone') {
      return endPolling(deps, request, { setBy, execution }, claim, show);
    }
    // The time left on the card still counts down.
    await show(id, execution, true);
    return later(isDenied(execution) ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, execution.message);
  }
  const before = await deps.looks.last(request.execution);
  const limit = execution.bytesPerSecond;
  const since = limitSince(before, execution, changesOnRecord(request));
  const measured = measuredRate(before, execution, since);
  const transferring = execution.status === 'TRANSFERRING';
  // The limit has not changed since the last poll, so what was measured then is still valid.
  const earlier = transferring && before?.limit === limit && before.since === since ? before.measured : null;
  const look = { limit, since, measured: measured ?? earlier };
  await deps.looks.keep(request.execution, { at: execution.lookedAt, bytes: execution.bytesTransferred, ...look });
  if (!isActive(execution.status)) {
    return endPolling(deps, request, { setBy, execution }, claim, show);
  }
  const drift = decideDrift(request, execution, deps.policy.current().digest);
  if (drift) await write(deps, request, drift, setBy, claim, ['tell']);
  const put = await show(id, execution, drift === null);
  const seconds = nextLookSeconds(etaAt(execution, limit, look.measured), transferring && look.measured === null);
  return later(Math.max(seconds, put?.againInSeconds ?? 0), 'it runs');
}

/** When the bot or somebody else changed the limit, according to this request's records. */
function changesOnRecord({ ending, hold, drift, extends: more }: ThrottleRequest): string[] {
  const applied = more ? null : ending?.at;
  const reverted = hold?.end?.how === 'reverted' ? hold.end.at : null;
  return [applied, reverted, drift?.at].filter((at) => typeof at === 'string');
}

/** The run has ended, or AWS no longer knows it: the grant on it ends too, and the polling. */
async function endPolling(
  deps: PollDeps,
  request: ThrottleRequest,
  observed: { setBy: InForce; execution: TaskExecution | AwsFault },
  claim: Claim,
  show: Show,
): Promise<WorkOutcome> {
  const { setBy, execution } = observed;
  // A revert that was sent to AWS is judged by the worker that sent it.
  if (isReverting(request)) return later(TRY_AGAIN_SECONDS, 'it is being set back');
  if (hasOpenGrant(request)) {
    const policy = deps.policy.current().digest;
    const facts =
      execution instanceof AwsFault ? { awsRequestId: execution.requestId, said: execution.said } : { execution };
    const event = skippedEvent(request, 'ended', policy, facts);
    if (!(await write(deps, request, event, setBy, claim, ['tell'])))
      return later(TRY_AGAIN_SECONDS, 'another change is under way');
  }
  await deps.ledger.releaseExecution(request.execution, setBy.version);
  return shown(show, request.id, execution);
}

/** False if something else was committed in between: the next poll sees it. */
async function write(
  deps: PollDeps,
  request: ThrottleRequest,
  event: AuditEvent,
  setBy: InForce,
  claim: Claim,
  effects: EffectKind[],
): Promise<boolean> {
  const op = `watch:${request.id}:${request.version}:${claim.entry}:${claim.deliveries}`;
  const expected = { inForce: setBy.version };
  const committed = await deps.ledger.commit({ op, prior: request, events: [event], effects, expected, claim });
  return committed.kind === 'committed';
}

async function shown(show: Show, id: string, execution: TaskExecution | AwsFault | null): Promise<WorkOutcome> {
  const again = await show(id, execution, false);
  return again ? later(again.againInSeconds, 'the card could not be edited yet') : DONE;
}
