import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { UndoProblem } from '../../domain/request/refusal.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { desiredLimit, rateOf, requestOfLimit, withoutGrant } from '../../domain/run/desired-limit.ts';
import { grantOf, type Run } from '../../domain/run/run.ts';
import { mayKnow } from '../people/may-know.ts';
import { loadProven } from '../reconcile/proven-state.ts';
import type { RequestInput, RequestThrottleDeps } from './consider-request.ts';
import { type RequestOutcome, requestThrottle } from './request-throttle.ts';
import { considerRevert, type RevertingNow, revertNow } from './revert-now.ts';

/** `asks`: it takes a request, since this person may not end that limit. */
export type UndoOutcome = RequestOutcome | RevertingNow;

/**
 * Ends the grant of a request, for those who may. For others it requests what would apply without that grant, until its end: a
 * request of its own, decided by the policy like any other.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost, RunUnreadable
 */
export async function undoRequest(
  deps: RequestThrottleDeps,
  undo: { request: string; user: string; channel: string; op: string },
): Promise<UndoOutcome> {
  const { request: id, user, op } = undo;
  const found = (await loadProven(deps.ledger, id))?.request ?? null;
  // To somebody who may not know of the request, it does not exist.
  const request = found && (await mayKnow(deps, user, found)) ? found : null;
  if (request?.status !== 'applied') return cannotUndo(id, problemOf(request));
  const { decision, stored } = await considerRevert(deps, request, await deps.people.person(user));
  const mustRequest = !decision.ok && decision.refusal.why === 'may-not-revert';
  if (!mustRequest) {
    const reverting = await revertNow(deps, { request: id, user, op });
    return isOver(reverting) ? cannotUndo(id, { kind: 'over' }) : reverting;
  }
  const asked = stored.run && withoutIt(request, stored.run, deps.clock.now());
  if (!asked) return cannotUndo(id, { kind: 'over' });
  if (asked === 'covered') return cannotUndo(id, { kind: 'covered' });
  const { channel } = undo;
  return requestThrottle(deps, { ...asked, user, op, channel, reason: `Undo ${id}`, undoes: { request: id } });
}

/** What would apply now if this request had no grant, until that grant's end. Null: it has none, or that is not known. */
function withoutIt(
  { id, execution }: ThrottleRequest,
  run: Run,
  now: Date,
): Pick<RequestInput, 'execution' | 'rate' | 'durationSeconds' | 'endsAt'> | 'covered' | null {
  const grant = grantOf(run, id);
  const arn = parseExecutionArn(execution);
  const rate = rateOf(desiredLimit(withoutGrant(run, id), { now }));
  if (!grant || !arn.ok || rate === null) return null;
  if (requestOfLimit(desiredLimit(run, { now })) !== id) return 'covered';
  return {
    execution: arn.value,
    rate: { kind: 'absolute', bytesPerSecond: rate },
    durationSeconds: null,
    endsAt: grant.until ?? undefined,
  };
}

function isOver(reverting: RevertingNow): boolean {
  return reverting.kind === 'refused' && reverting.refusal.why === 'not-held';
}

function cannotUndo(request: string, problem: UndoProblem): UndoOutcome {
  return { kind: 'refused', refusal: { why: 'cannot-undo', request, problem }, rule: null };
}

function problemOf(request: ThrottleRequest | null): UndoProblem {
  return request ? { kind: 'not-applied', status: request.status } : { kind: 'unknown' };
}
