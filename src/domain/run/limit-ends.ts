import type { ThenRate } from '../execution/impact.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { type DesiredLimit, limitsAhead, rateOf, requestOfLimit, withGrant } from './desired-limit.ts';
import { mayShow } from './evolve-run.ts';
import { endOfRequest } from './grant/schedule-end.ts';
import { type Run, untouchedRun } from './run.ts';

/** What will apply after the current limit, and when: the request that it belongs to, if any. */
export interface NextLimit {
  at: string;
  rate: number;
  request: string | null;
}

/** The next change of the limit that is known today; null: none is. */
export function nextLimit(run: Run | null, now: Date): NextLimit | null {
  const [current, ...later] = run === null ? [] : limitsAhead(run, now);
  const then = current ? later.find(({ limit }) => rateOf(limit) !== rateOf(current.limit)) : undefined;
  return then?.from ? asNext(then.from, then.limit) : null;
}

function asNext(from: Date, limit: DesiredLimit): NextLimit | null {
  const rate = rateOf(limit);
  return rate === null ? null : { at: from.toISOString(), rate, request: requestOfLimit(limit) };
}

/** What follows the current limit of a run; null if nothing that is known does. */
export function afterLimit(run: Run | null, now: Date): ThenRate | null {
  if (run?.change) return null;
  return thenRate(nextLimit(run, now), now);
}

/** The part of a request that says when its limit ends. */
type RequestedEnd = Pick<ThrottleRequest, 'from' | 'to' | 'durationSeconds' | 'until'> &
  Partial<Pick<ThrottleRequest, 'extends'>>;

/** What would follow a requested limit if it were set now. */
export function afterRequested(request: RequestedEnd, run: Run | null, now: Date): ThenRate | null {
  return thenRate(nextAfterRequested(request, run, now), now);
}

/** The same, with the request that the next limit belongs to. */
export function nextAfterRequested(
  { from, to, durationSeconds, until = null, extends: more = null }: RequestedEnd,
  run: Run | null,
  now: Date,
): NextLimit | null {
  const end = endOfRequest({ durationSeconds, until, extends: more }, now);
  // Where AWS shows a limit that was set outside the bot, the grants are over.
  const before = run && mayShow(run, from) ? run : { ...untouchedRun(''), baseline: from, link: run?.link };
  const grant = { request: '', rate: to, until: end?.toISOString() ?? null, role: null };
  return nextLimit(withGrant({ ...before, baseline: before.baseline ?? from }, grant), now);
}

function thenRate(next: NextLimit | null, now: Date): ThenRate | null {
  return next && { afterSeconds: Math.max(0, (Date.parse(next.at) - now.getTime()) / 1000), rate: next.rate };
}

/** A grant that does not apply because a later one does. */
export interface Cover {
  /** The request whose limit applies. */
  by: string;
  /** When its own limit applies again, as far as is known; null: not before its end. */
  again: string | null;
}

/** Null: its limit applies, or it has no open grant. */
export function coverOf(run: Run | null, request: string, now: Date): Cover | null {
  if (run === null || !run.grants.some((one) => one.request === request)) return null;
  const [current, ...later] = limitsAhead(run, now);
  const by = requestOfLimit(current.limit);
  if (by === null || by === request) return null;
  const again = later.find(({ limit }) => requestOfLimit(limit) === request)?.from ?? null;
  return { by, again: again?.toISOString() ?? null };
}
