import { decideExpire } from '../domain/decide-expire.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { Applied } from './apply-throttle.ts';
import type { Claim, Clock, Ledger, PolicySource } from './ports.ts';

/**
 * Ends a request whose time is over; nothing where it was decided or begun meanwhile. `later` where there is time left:
 * it was given more, or this timer was released by a clock that is ahead of ours, and it is gone now.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export async function expireRequest(
  deps: { ledger: Ledger; policy: PolicySource; clock: Clock },
  id: string,
  claim: Claim,
): Promise<Applied> {
  for (;;) {
    const stored = await deps.ledger.load(id);
    if (!stored) return { kind: 'done' };
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
    if (committed.kind !== 'moved') return { kind: 'done' };
  }
}

function timeLeft({ status, expiresAt }: ThrottleRequest, now: Date): Applied {
  if (status !== 'pending' && status !== 'approved') return { kind: 'done' };
  return { kind: 'later', seconds: (Date.parse(expiresAt) - now.getTime()) / 1000, why: 'there is time left' };
}
