import { canExtend } from '../../domain/request/decide-extend.ts';
import { loadProven, provenRun } from '../reconcile/proven-state.ts';
import { executionOf } from '../reconcile/request-facts.ts';
import type { RequestThrottleDeps } from './consider-request.ts';
import { type RequestOutcome, requestThrottle } from './request-throttle.ts';

/**
 * Requests more time for a limit that has an end: a request of its own, by the same rule, that changes no rate.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function extendGrant(
  deps: RequestThrottleDeps,
  ask: { request: string; user: string; moreSeconds: number; reason: string | null; op: string },
): Promise<RequestOutcome> {
  const { user, moreSeconds, reason, op } = ask;
  const running = (await loadProven(deps.ledger, ask.request))?.request ?? null;
  const { run } = running ? await provenRun(deps.ledger, running.execution) : { run: null };
  if (!running || !canExtend(running, run, deps.clock.now()))
    return { kind: 'refused', refusal: { why: 'not-held' }, rule: null };
  return requestThrottle(deps, {
    user,
    op,
    reason,
    channel: running.channel,
    durationSeconds: moreSeconds,
    extend: running,
    execution: executionOf(running.execution),
    rate: { kind: 'absolute', bytesPerSecond: running.to },
  });
}
