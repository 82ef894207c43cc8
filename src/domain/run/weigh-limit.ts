import { approvalsNeeded, type Direction, directionOf, type Rule } from '../policy/policy.ts';
import { cappedAt, isOpenAt, limitsAhead, rateOf, withoutGrant } from './desired-limit.ts';
import { mayShow } from './evolve-run.ts';
import type { Exceeded } from './exceeded.ts';
import { type Grant, type Run, untouchedRun } from './run.ts';

/** A requested limit, from now until its end. */
export interface RequestedLimit {
  /** The request, if it has a grant already: that does not count. */
  request: string | null;
  /** The limit that AWS shows; null: not compared with. */
  from: number | null;
  to: number;
  /** Null: until the execution ends. */
  until: Date | null;
}

/** How a requested limit compares with one that would apply without it. */
interface Comparison {
  direction: Direction;
  /** Without it. */
  rate: number;
  from: Date | null;
  /** It is the same with it. */
  isSame: boolean;
}

/**
 * A requested limit compared with each limit that would apply without it, over its whole time, in order: first with the one
 * that AWS shows. Where a link caps it, what is left of it is compared. Those that are the same with it are left out, except the first.
 */
function compareOverTime({ request, from, to, until }: RequestedLimit, run: Run | null, now: Date): Comparison[] {
  const before = run && from !== null ? { ...run, baseline: run.baseline ?? from } : run;
  const without = before && request !== null ? withoutGrant(before, request) : before;
  const due = without && (from === null || mayShow(without, from)) ? limitsAhead(without, now) : [];
  const compared = (rate: number, since: Date | null): Comparison => {
    const then = cappedAt(run, to, since ?? now).rate;
    const isSame = rate === then;
    // The same rate raises nothing, not even where it is unlimited.
    return { rate, from: since, isSame, direction: isSame ? 'lower' : directionOf(rate, then) };
  };
  const ahead = due
    .filter((one) => one.from === null || until === null || one.from < until)
    .flatMap(({ from: since, limit }) => {
      const rate = rateOf(limit);
      return rate === null ? [] : [compared(rate, since)];
    })
    .filter(({ isSame }) => !isSame);
  return [...(from === null ? [] : [compared(from, null)]), ...ahead];
}

/**
 * The same as if the execution belonged to no link: the policy may take a window away that caps a limit, and nobody approves that
 * limit anew then.
 */
function comparedWithoutLink(requested: RequestedLimit, run: Run | null, now: Date): Comparison[] {
  if (!run?.link) return [];
  const { from } = requested;
  const isOurs = from === null || mayShow(run, from);
  const before = isOurs
    ? { ...run, baseline: run.baseline ?? from }
    : { ...untouchedRun(run.execution), baseline: from };
  return compareOverTime({ ...requested, from: null }, { ...before, link: undefined }, now);
}

/** Whether a requested limit differs at any time from what applies without it. */
export function differs(requested: RequestedLimit, run: Run | null, now: Date): boolean {
  return compareOverTime(requested, run, now).some(({ isSame }) => !isSame);
}

/** One policy's judgement of a requested limit. */
export interface Weight {
  /** The direction that it is approved as. */
  direction: Direction;
  /** Null: the rule does not allow it. */
  needed: number | null;
  /** Set if it raises a limit later, or one that is about to apply, and not the one that AWS shows. */
  exceeds: Exceeded | null;
  /** It never raises a limit. */
  lowers: boolean;
}

const BY_WEIGHT: readonly Direction[] = ['lower', 'raise', 'unlimited'];

/**
 * How many approvals a requested limit needs: those of the strictest of its directions over its whole time. An end can't raise
 * what was approved before, since after it the limit is what it would have been anyway.
 */
export function weigh(
  requested: RequestedLimit,
  { run, rule, now }: { run: Run | null; rule: Rule; now: Date },
): Weight {
  const compared = compareOverTime(requested, run, now);
  const changes = [...compared, ...comparedWithoutLink(requested, run, now)].filter(({ isSame }) => !isSame);
  const first = compared[0]?.direction ?? 'lower';
  const directions = changes.length === 0 ? [first] : changes.map(({ direction }) => direction);
  const direction = strictestOf(rule, directions);
  const later = changes.find((one) => one.direction === direction);
  const isRaise = direction !== 'lower' && compared[0]?.direction !== direction;
  const exceeds = isRaise && later ? { rate: later.rate, from: later.from?.toISOString() ?? null } : null;
  return {
    direction,
    needed: approvalsNeeded(rule, direction),
    exceeds,
    lowers: directions.every((one) => one === 'lower'),
  };
}

/** The direction that needs the most approvals under this rule; one that is not allowed comes before all others. */
export function strictestOf(rule: Rule, directions: readonly Direction[]): Direction {
  const needs = (direction: Direction) => approvalsNeeded(rule, direction) ?? Number.POSITIVE_INFINITY;
  const byWeight = directions.toSorted((one, other) => BY_WEIGHT.indexOf(other) - BY_WEIGHT.indexOf(one));
  return byWeight.reduce((found, one) => (needs(one) > needs(found) ? one : found), byWeight[0] ?? 'lower');
}

/** The grants that were applied after this one and are open: what they may set was approved while this one counted. */
export function grantsAbove(run: Run, request: string, now: Date): Grant[] {
  const place = run.grants.findIndex((one) => one.request === request);
  return place < 0 ? [] : run.grants.slice(place + 1).filter((one) => isOpenAt(one, now));
}

/** The run without the grants that were applied after this one. */
export function runBelow(run: Run, request: string): Run {
  const place = run.grants.findIndex((one) => one.request === request);
  return place < 0 ? run : { ...run, grants: run.grants.slice(0, place) };
}

/** The limit of a grant, from now until its end. */
export function limitOfGrant({ request, rate, until }: Grant): RequestedLimit {
  return { request, from: null, to: rate, until: until === null ? null : new Date(until) };
}
