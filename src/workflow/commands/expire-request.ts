import { decideExpire } from '../../domain/request/decide-expire.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Claim } from '../ports/outbox.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { laterIfUnproven, loadProven } from '../reconcile/proven-state.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';

/**
 * Expires a request that nobody decided in time; does nothing if it was decided or begun meanwhile. `later` if there is
 * time left: an approval gave it more, or a bot whose clock is ahead released this timer, which is gone now.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function expireRequest(
  deps: { ledger: Ledger; policy: PolicySource; clock: Clock },
  id: string,
  claim: Claim,
): Promise<WorkOutcome> {
  return laterIfUnproven(expire(deps, id, claim));
}

async function expire(deps: Parameters<typeof expireRequest>[0], id: string, claim: Claim): Promise<WorkOutcome> {
  for (;;) {
    const stored = await loadProven(deps.ledger, id);
    if (!stored) return DONE;
    const now = deps.clock.now();
    const events = decideExpire(stored.request, now, deps.policy.current());
    if (events.length === 0) return timeLeft(stored.request, now);
    const op = `expire:${id}:${stored.request.version}:${claim.entry}:${claim.deliveries}`;
    const committed = await deps.ledger.commit({
      op,
      prior: stored.request,
      events,
      effects: ['show', 'result'],
      claim,
    });
    if (committed.kind !== 'moved') return DONE;
  }
}

function timeLeft({ status, expiresAt }: ThrottleRequest, now: Date): WorkOutcome {
  if (status !== 'pending' && status !== 'approved') return DONE;
  return later((Date.parse(expiresAt) - now.getTime()) / 1000, 'there is time left');
}
