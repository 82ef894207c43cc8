import type { EventOf } from '../audit/audit-event.ts';
import type { PolicyInForce } from '../policy/policies-in-force.ts';
import { stateEvent } from './request-event.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** Expires a request that is undecided, or approved and not begun, when its time is over. Otherwise nothing happens. */
export function decideExpire(
  request: ThrottleRequest,
  now: Date,
  inForce: Pick<PolicyInForce, 'digest'>,
): EventOf<'expired'>[] {
  const { status } = request;
  const waiting = status === 'pending' || status === 'approved';
  if (!waiting || now.getTime() < Date.parse(request.expiresAt)) return [];
  return [stateEvent(request, 'expired', null, inForce.digest, { was: status })];
}
