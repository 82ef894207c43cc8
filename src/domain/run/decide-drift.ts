import type { EventOf } from '../audit/audit-event.ts';
import { isActive, type TaskExecution } from '../execution/task-execution.ts';
import { stateEvent } from '../request/request-event.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { isReverting } from './timed-grant.ts';

/** The limit that we left in force: what the request set or what it was reverted to, or both where nobody could see which. */
export function expectedRates({ hold, to }: ThrottleRequest): [number, ...number[]] {
  if (hold?.end?.how === 'reverted') return [hold.base];
  return hold?.end?.why === 'unseen' ? [to, hold.base] : [to];
}

/** The limit that the records of this request tell last, or each that it may be. */
function lastSeen(request: ThrottleRequest): number[] {
  const { to, hold, drift } = request;
  const end = hold?.end ?? null;
  const told = end?.why === 'unseen' ? expectedRates(request) : end?.rate != null ? [end.rate] : null;
  return end && told && (!drift || drift.at <= end.at) ? told : [drift?.rate ?? to];
}

/** Somebody set another limit outside the bot: on record once for each change. Null where all is as it was last seen. */
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
