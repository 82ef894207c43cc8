import type { EventOf } from '../audit/audit-event.ts';
import { isActive, type TaskExecution } from '../execution/task-execution.ts';
import { stateEvent } from '../request/request-event.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { isReverting } from './timed-grant.ts';

/**
 * The limit that the bot left in effect: what the request set, what it was reverted to, or both if it could not be
 * observed which.
 */
export function expectedRates({ hold, to }: ThrottleRequest): [number, ...number[]] {
  if (hold?.end?.how === 'reverted') return [hold.base];
  return hold?.end?.why === 'unseen' ? [to, hold.base] : [to];
}

/** The last limit according to this request's records, or all that are possible. */
function lastSeen(request: ThrottleRequest): number[] {
  const { to, hold, drift } = request;
  const end = hold?.end ?? null;
  const told = end?.why === 'unseen' ? expectedRates(request) : end?.rate != null ? [end.rate] : null;
  return end && told && (!drift || drift.at <= end.at) ? told : [drift?.rate ?? to];
}

/** A limit was set outside the bot: recorded once for each change. Null if nothing has changed since the last read. */
export function decideDrift(
  request: ThrottleRequest,
  execution: TaskExecution,
  policy: string,
): EventOf<'drift.detected'> | null {
  const rate = execution.bytesPerSecond;
  const last = lastSeen(request);
  if (last.includes(rate) || isReverting(request) || !isActive(execution.status)) return null;
  const detail = { rate, expected: expectedRates(request)[0], status: execution.status };
  return {
    ...stateEvent(request, 'drift.detected', null, policy, detail),
    from: last[0] ?? null,
    to: rate,
    aws: { requestId: execution.requestId },
  };
}
