import type { ThenRate } from '../execution/impact.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { hasOpenGrant, isReverting } from './timed-grant.ts';

/** What follows the current limit if it has an end; null if it has none, or if it is being reverted already. */
export function afterLimit(request: ThrottleRequest | null, now: Date): ThenRate | null {
  if (!request || !hasOpenGrant(request) || isReverting(request)) return null;
  const { dueAt, base } = request.hold;
  return { afterSeconds: secondsUntil(dueAt, now), rate: base };
}

/** The part of a request that says when its limit ends. */
type RequestedEnd = Pick<ThrottleRequest, 'from' | 'to' | 'durationSeconds' | 'until'> &
  Partial<Pick<ThrottleRequest, 'extends'>>;

/**
 * What would follow a requested limit if it were set now. `running`: the request whose limit it would replace. Its rate
 * to revert to is inherited, as it is when the limit is set.
 */
export function afterRequested(
  { from, to, durationSeconds, until, extends: more }: RequestedEnd,
  running: ThrottleRequest | null,
  now: Date,
): ThenRate | null {
  if (durationSeconds === null) return null;
  const rate = running && hasOpenGrant(running) && running.to === from ? running.hold.base : from;
  if (rate === to) return null;
  const end = more?.dueAt ?? until;
  return { afterSeconds: end ? secondsUntil(end, now) : durationSeconds, rate };
}

function secondsUntil(iso: string, now: Date): number {
  return Math.max(0, (Date.parse(iso) - now.getTime()) / 1000);
}
