import type { DatedEvent } from '../audit/audit-event.ts';
import { evolve } from '../request/evolve-request.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';

/**
 * The next state, like `evolve`, for records that the log holds: a change of a limit must also have the approvals that
 * the records before it ask for.
 * @throws Error on an event that does not fit
 */
export function checkedEvolve(state: ThrottleRequest | null, event: DatedEvent): ThrottleRequest | null {
  const next = evolve(state, event);
  if (next !== null && (event.event === 'apply.started' || event.event === 'applied')) {
    const given = approvalsGiven(next);
    if (given < next.approvalsNeeded) {
      throw new Error(`${event.event} of ${next.id} with ${given} of ${next.approvalsNeeded} approvals`);
    }
  }
  return next;
}

/** The requester's own does not count. */
function approvalsGiven({ approvals, requester }: ThrottleRequest): number {
  return approvals.filter(({ by }) => by.team !== requester.team || by.user !== requester.user).length;
}
