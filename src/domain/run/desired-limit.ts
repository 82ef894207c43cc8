import { UNLIMITED } from '../rate/rate.ts';
import { type LinkLimit, linkLimitAt, lowerRate } from './link-limits.ts';
import type { Grant, Run } from './run.ts';

export interface RunFacts {
  now: Date;
  /** Changes are paused: nothing is sent for any reason. */
  paused?: boolean;
}

/**
 * The limit that a run should have. `grant`: of this request. `link`: of the link that the execution belongs to. `baseline`: the
 * limit from before the bot's first change, or the one that was set outside the bot since. `unknown`: the records of the
 * baseline are lost, so nothing is changed. `paused`: the limit stays what it is. `rate` in bytes per second, -1 unlimited. `link`: the
 * name of the link that it comes from, or that caps what was requested; null: no link has to do with it.
 */
export type DesiredLimit =
  | { cause: 'grant'; rate: number; grant: Grant; link: string | null }
  | { cause: 'link'; rate: number; link: string }
  | { cause: 'baseline'; rate: number }
  | { cause: 'unknown' }
  | { cause: 'paused' };

/** What the limit of a run should be now, and why. */
export function desiredLimit(run: Run, { now, paused = false }: RunFacts): DesiredLimit {
  if (paused) return { cause: 'paused' };
  const grant = run.grants.findLast((one) => isOpenAt(one, now));
  if (grant) {
    const { rate, link } = cappedAt(run, grant.rate, now);
    return { cause: 'grant', rate, grant, link };
  }
  if (run.baseline === null) return { cause: 'unknown' };
  const limit = limitOfLinkAt(run, now);
  const rate = limit ? lowerRate(run.baseline, limit.rate) : run.baseline;
  return rate === run.baseline ? { cause: 'baseline', rate } : { cause: 'link', rate, link: run.link?.link ?? '' };
}

/** What a requested rate comes to at a time, while it counts: the link may cap it. `link`: its name if it does. */
export function cappedAt(run: Run | null, rate: number, at: Date): { rate: number; link: string | null } {
  const limit = run && limitOfLinkAt(run, at);
  const capped = limit?.capsGrants ? lowerRate(rate, limit.rate) : rate;
  return { rate: capped, link: capped === rate ? null : (run?.link?.link ?? null) };
}

/**
 * The limit of its link at a time; null: there is none. An execution whose limit was changed outside the bot follows its link
 * again when that has another limit.
 */
function limitOfLinkAt({ link, inForce }: Run, at: Date): LinkLimit | null {
  if (!link) return null;
  const limit = linkLimitAt(link, at);
  const isLeftAlone = inForce?.outside === true && limit.from.getTime() <= Date.parse(inForce.at);
  return isLeftAlone || limit.rate === UNLIMITED ? null : limit;
}

export function isOpenAt({ until }: Grant, at: Date): boolean {
  return until === null || Date.parse(until) > at.getTime();
}

/** The rate of a desired limit; null where nothing may be changed. */
export function rateOf(limit: DesiredLimit): number | null {
  return limit.cause === 'unknown' || limit.cause === 'paused' ? null : limit.rate;
}

/** What has to be set to bring a run to a desired limit: `grant`, `link` as in a planned change. Null where nothing may be changed. */
export function changeTo(limit: DesiredLimit): { to: number; grant: string | null; link: string | null } | null {
  const to = rateOf(limit);
  return to === null ? null : { to, grant: requestOfLimit(limit), link: linkOfLimit(limit) };
}

/** The link that a desired limit comes from, or that caps it, if any. */
function linkOfLimit(limit: DesiredLimit): string | null {
  return limit.cause === 'grant' || limit.cause === 'link' ? limit.link : null;
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
  const changes = run.link?.limits.map(({ from }) => from.getTime()) ?? [];
  const times = [...new Set([...ends, ...changes])]
    .filter((at) => at > now.getTime())
    .toSorted((one, other) => one - other);
  const ahead: [LimitFrom, ...LimitFrom[]] = [{ from: null, limit: desiredLimit(run, { now }) }];
  for (const at of times) {
    const from = new Date(at);
    const limit = desiredLimit(run, { now: from });
    if (!isSame(limit, ahead.at(-1)?.limit)) ahead.push({ from, limit });
  }
  return ahead;
}

function isSame(one: DesiredLimit, other: DesiredLimit | undefined): boolean {
  if (other === undefined || one.cause !== other.cause || requestOfLimit(one) !== requestOfLimit(other)) return false;
  return rateOf(one) === rateOf(other) && linkOfLimit(one) === linkOfLimit(other);
}
