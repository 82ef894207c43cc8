import { UNLIMITED } from '../rate/rate.ts';

/** What a link allows each of its executions from a moment on, until the next one of its limits. */
export interface LinkLimit {
  from: Date;
  /** Bytes per second, -1 unlimited. */
  rate: number;
  /** Limits that were requested for an execution count only up to this rate: a window or a request is due for the link. */
  capsGrants: boolean;
}

/** The limits of the link that an execution belongs to, in the order of their times. What follows the last one is not known. */
export interface LinkLimits {
  /** The name of the link. */
  link: string;
  limits: readonly [LinkLimit, ...LinkLimit[]];
  /**
   * By the policies of other bots, where they run others: nothing is raised above these. Nothing is lowered to them here, since
   * what another bot runs is only what Redis says.
   */
  others?: readonly [LinkLimit, ...LinkLimit[]] | undefined;
}

/** The limit at a time; before the first one that is known: that one. */
export function linkLimitAt({ limits }: LinkLimits, at: Date): LinkLimit {
  return limits.findLast(({ from }) => from.getTime() <= at.getTime()) ?? limits[0];
}

/** The lower of two rates; -1 is unlimited. */
export function lowerRate(one: number, other: number): number {
  if (one === UNLIMITED) return other;
  return other === UNLIMITED ? one : Math.min(one, other);
}

/** What every policy allows. */
export function strictestLimits({ link, limits, others }: LinkLimits): LinkLimits {
  return stricterLimits({ link, limits }, others ? { link, limits: others } : null) ?? { link, limits };
}

/** The same limits with those of another policy: at each time the lower one. Null: the execution belongs to no link. */
export function stricterLimits(one: LinkLimits | null, other: LinkLimits | null): LinkLimits | null {
  if (one === null || other === null) return one ?? other;
  const times = [...new Set([...one.limits, ...other.limits].map(({ from }) => from.getTime()))].sort((a, b) => a - b);
  const limits = times.map((time): LinkLimit => {
    const from = new Date(time);
    const [mine, theirs] = [linkLimitAt(one, from), linkLimitAt(other, from)];
    return { from, rate: lowerRate(mine.rate, theirs.rate), capsGrants: mine.capsGrants || theirs.capsGrants };
  });
  return { link: one.link, limits: limits as [LinkLimit, ...LinkLimit[]] };
}
