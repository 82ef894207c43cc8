import type { Grant, Run } from './run.ts';

export interface RunFacts {
  now: Date;
  /** Changes are paused: nothing is sent for any reason. */
  paused?: boolean;
}

/**
 * The limit that a run should have. `grant`: of this request. `baseline`: the limit from before the bot's first change, or the
 * one that was set outside the bot since. `unknown`: the records of the baseline are lost, so nothing is changed. `paused`: the
 * limit stays what it is. `rate` in bytes per second, -1 unlimited.
 */
export type DesiredLimit =
  | { cause: 'grant'; rate: number; grant: Grant }
  | { cause: 'baseline'; rate: number }
  | { cause: 'unknown' }
  | { cause: 'paused' };

/** What the limit of a run should be now, and why. */
export function desiredLimit(run: Run, { now, paused = false }: RunFacts): DesiredLimit {
  if (paused) return { cause: 'paused' };
  const grant = run.grants.findLast((one) => isOpenAt(one, now));
  if (grant) return { cause: 'grant', rate: grant.rate, grant };
  return run.baseline === null ? { cause: 'unknown' } : { cause: 'baseline', rate: run.baseline };
}

export function isOpenAt({ until }: Grant, at: Date): boolean {
  return until === null || Date.parse(until) > at.getTime();
}

/** The rate of a desired limit; null where nothing may be changed. */
export function rateOf(limit: DesiredLimit): number | null {
  return limit.cause === 'grant' || limit.cause === 'baseline' ? limit.rate : null;
}

/** The request that a desired limit belongs to, if any. */
export function requestOfLimit(limit: DesiredLimit): string | null {
  return limit.cause === 'grant' ? limit.grant.request : null;
}

/** The run as if this request had no grant. */
export function withoutGrant(run: Run, request: string): Run {
  return { ...run, grants: run.grants.filter((one) => one.request !== request) };
}

/** The run as if this grant had been applied last. */
export function withGrant(run: Run, grant: Grant): Run {
  return { ...run, grants: [...withoutGrant(run, grant.request).grants, grant] };
}

/** What the limit should be from a moment on. */
export interface LimitFrom {
  /** Null: now. */
  from: Date | null;
  limit: DesiredLimit;
}

/** The desired limit now and at each later change of it, in order. Nothing is known to happen after the last one. */
export function limitsAhead(run: Run, now: Date): [LimitFrom, ...LimitFrom[]] {
  const ends = run.grants.flatMap(({ until }) => (until === null ? [] : [Date.parse(until)]));
  const times = [...new Set(ends)].filter((at) => at > now.getTime()).toSorted((one, other) => one - other);
  const ahead: [LimitFrom, ...LimitFrom[]] = [{ from: null, limit: desiredLimit(run, { now }) }];
  for (const at of times) {
    const from = new Date(at);
    const limit = desiredLimit(run, { now: from });
    if (!isSame(limit, ahead.at(-1)?.limit)) ahead.push({ from, limit });
  }
  return ahead;
}

function isSame(one: DesiredLimit, other: DesiredLimit | undefined): boolean {
  return other !== undefined && one.cause === other.cause && requestOfLimit(one) === requestOfLimit(other);
}
