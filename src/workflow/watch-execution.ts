import type { AuditEvent } from '../domain/audit-event.ts';
import { decideDrift } from '../domain/decide-drift.ts';
import { skippedEvent } from '../domain/decide-revert.ts';
import { isHeld, isReverting } from '../domain/hold.ts';
import { etaAt } from '../domain/impact.ts';
import { isActive, type TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { limitSince, measuredRate, nextLookSeconds } from '../domain/watch-pace.ts';
import type { Applied } from './apply-throttle.ts';
import { isDenied, lookAtExecution, readAccess } from './change-at-aws.ts';
import { AwsFault } from './faults.ts';
import type { Absences, Claim, Clock, EffectKind, Executions, InForce, Ledger, Looks, PolicySource } from './ports.ts';

export interface WatchDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  policy: PolicySource;
  clock: Clock;
  looks: Looks;
}

/**
 * How to show on the request's card what was seen, a fault too, so that AWS is not asked for it again; null: it was not looked
 * at. `live`: nothing has happened but that the transfer goes on, so it may as well be shown at a later look. Answers null: all is
 * shown.
 */
type Show = (
  id: string,
  seen: TaskExecution | AwsFault | null,
  live: boolean,
) => Promise<{ againInSeconds: number } | null>;

const DONE: Applied = { kind: 'done' };
const TRY_AGAIN_SECONDS = 30;
/** Somebody has to allow it first. */
const DENIED_AGAIN_SECONDS = 300;

/**
 * One look at the execution that a request's limit stands on: the card is brought up to date, somebody else's change is
 * put on record, and the end is noticed. There is one watcher an execution: the request that set the limit last.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export async function watchExecution(deps: WatchDeps, id: string, claim: Claim, show: Show): Promise<Applied> {
  const stored = await deps.ledger.load(id);
  if (stored?.request.status !== 'applied') return DONE;
  const { request } = stored;
  const standing = await deps.ledger.inForceOf(request.execution);
  if (standing?.request !== id) return shown(show, id, null);
  const execution = await lookAtExecution(deps, request, readAccess(request, deps.policy));
  if (execution instanceof AwsFault) {
    if (execution.kind === 'gone') {
      return leave(deps, request, { standing, execution }, claim, show);
    }
    // Its time runs on all the same.
    await show(id, execution, true);
    return later(isDenied(execution) ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, execution.message);
  }
  const before = await deps.looks.last(request.execution);
  const limit = execution.bytesPerSecond;
  const since = limitSince(before, execution, changesOnRecord(request));
  const measured = measuredRate(before, execution, since);
  const transferring = execution.status === 'TRANSFERRING';
  // The same limit since the look before: what was measured then still holds.
  const earlier = transferring && before?.limit === limit && before.since === since ? before.measured : null;
  const look = { limit, since, measured: measured ?? earlier };
  await deps.looks.keep(request.execution, { at: execution.lookedAt, bytes: execution.bytesTransferred, ...look });
  if (!isActive(execution.status)) {
    return leave(deps, request, { standing, execution }, claim, show);
  }
  const drift = decideDrift(request, execution, deps.policy.current().digest);
  if (drift) await write(deps, request, drift, standing, claim, ['tell']);
  const put = await show(id, execution, drift === null);
  const seconds = nextLookSeconds(etaAt(execution, limit, look.measured), transferring && look.measured === null);
  return later(Math.max(seconds, put?.againInSeconds ?? 0), 'it runs');
}

/** When the limit was changed, as far as this request's records tell. */
function changesOnRecord({ ending, hold, drift, extends: more }: ThrottleRequest): string[] {
  const applied = more ? null : ending?.at;
  const reverted = hold?.end?.how === 'reverted' ? hold.end.at : null;
  return [applied, reverted, drift?.at].filter((at) => typeof at === 'string');
}

/** The run has ended, or AWS has forgotten it: what runs on it ends too. */
async function leave(
  deps: WatchDeps,
  request: ThrottleRequest,
  seen: { standing: InForce; execution: TaskExecution | AwsFault },
  claim: Claim,
  show: Show,
): Promise<Applied> {
  const { standing, execution } = seen;
  // One that is on its way to AWS is judged by the worker that sent it.
  if (isReverting(request)) return later(TRY_AGAIN_SECONDS, 'it is being set back');
  if (isHeld(request)) {
    const policy = deps.policy.current().digest;
    const facts =
      execution instanceof AwsFault ? { awsRequestId: execution.requestId, said: execution.said } : { execution };
    const event = skippedEvent(request, 'ended', policy, facts);
    if (!(await write(deps, request, event, standing, claim, ['tell'])))
      return later(TRY_AGAIN_SECONDS, 'another change is under way');
  }
  await deps.ledger.leave(request.execution, standing.mark);
  return shown(show, request.id, execution);
}

/** False where something else came in between: the next look sees it. */
async function write(
  deps: WatchDeps,
  request: ThrottleRequest,
  event: AuditEvent,
  standing: InForce,
  claim: Claim,
  effects: EffectKind[],
): Promise<boolean> {
  const op = `watch:${request.id}:${request.version}:${claim.entry}:${claim.deliveries}`;
  const beside = { inForce: standing.mark };
  const committed = await deps.ledger.commit({ op, prior: request, events: [event], effects, beside, claim });
  return committed.kind === 'committed';
}

async function shown(show: Show, id: string, execution: TaskExecution | AwsFault | null): Promise<Applied> {
  const again = await show(id, execution, false);
  return again ? later(again.againInSeconds, 'the card could not be edited yet') : DONE;
}

function later(seconds: number, why: string): Applied {
  return { kind: 'later', seconds, why };
}
