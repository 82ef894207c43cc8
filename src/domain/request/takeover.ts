import {
  approvalsNeeded,
  type Direction,
  directionOf,
  type Groups,
  type People,
  type Person,
  type Principals,
  type Rule,
} from '../policy/policy.ts';
import { mayRevert } from '../run/may-revert.ts';
import { hasOpenGrant, type Takeover } from '../run/timed-grant.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** A requested change, as far as it matters to the running limit. */
export interface Change {
  requester: Person;
  from: number;
  to: number;
  /** When it would end; null: it has no end. */
  endsAt: Date | null;
}

/** The request whose limit runs, and what one policy says of it and of the new request. */
export interface Running {
  running: ThrottleRequest | null;
  /** The rule of the new request. */
  rule: Rule;
  /** The rule of the request whose limit runs. */
  runningRule: Rule | null;
  groups: Groups;
  /** Who requested or approved it, as far as Slack says. */
  people: People;
}

/**
 * Null where the change brings nothing about that it does not say itself. Without an end it never reverts; where it sets the
 * rate that the running limit reverts to, it is weighed as that; where that rate is lower, ending sooner lowers.
 */
function takeoverOf(change: Change, { running, rule, runningRule, groups, people }: Running): Takeover | null {
  if (!running || !hasOpenGrant(running) || running.to !== change.from) return null;
  const { base, dueAt } = running.hold;
  if (change.endsAt === null || change.to === base || directionOf(running.to, base) === 'lower') return null;
  const about = { request: running.id, base, dueAt };
  if (change.endsAt.getTime() < Date.parse(dueAt)) return { ...about, why: 'ends-earlier' };
  // A group that Slack can't tell now counts as one that they are not in.
  const had = mayRevert(running, change.requester, { rule: runningRule, groups, people }) === 'yes';
  return had && covers(runningRule, rule) ? null : { ...about, why: 'revert-now' };
}

/** Whether everybody who may decide by one rule may by the other: compared as they are written, so never yes by mistake. */
function covers(wide: Rule | null, narrow: Rule): boolean {
  if (wide === narrow) return true;
  const within = (key: keyof Principals) => narrow.approvers[key].every((one) => wide?.approvers[key].includes(one));
  return within('users') && within('groups');
}

/**
 * All that a change has to be approved as. By the rate in force; where that one's time runs, by the rate that it would
 * revert to as well: else a raise for an hour, once approved, could be made one for good by asking for a little less.
 */
export function directionsOf(
  { from, to }: Pick<Change, 'from' | 'to'>,
  running: ThrottleRequest | null,
): [Direction, ...Direction[]] {
  const now = directionOf(from, to);
  if (!running || !hasOpenGrant(running) || running.to !== from || running.hold.base === to) return [now];
  return [now, directionOf(running.hold.base, to)];
}

/** More time is weighed as its limit was, and by the rate that it keeps from coming back: rules may tell the two apart by now. */
export function directionsOfMoreTime(
  asked: Direction,
  to: number,
  running: ThrottleRequest | null,
): [Direction, ...Direction[]] {
  return running && hasOpenGrant(running) && running.to === to ? [asked, directionOf(running.hold.base, to)] : [asked];
}

/** The one of them that needs the most approvals by this rule; one that it does not allow before all others. */
function strictestOf(rule: Rule, directions: readonly [Direction, ...Direction[]]): Direction {
  const needs = (direction: Direction) => approvalsNeeded(rule, direction) ?? Number.POSITIVE_INFINITY;
  return directions.reduce((found, one) => (needs(one) > needs(found) ? one : found));
}

/** What one policy makes of a change. */
export interface Weight {
  /** As what it is approved. */
  direction: Direction;
  /** Null: the rule does not allow it. */
  needed: number | null;
  /** Where it takes more approvals because of the limit that runs. */
  takeover: Takeover | null;
  /** Nothing that comes of it raises a rate. */
  lowers: boolean;
}

/** How many approvals a change needs: as what it is by itself (`directions`), and as what it makes of the limit that runs. */
export function weigh(change: Change, directions: readonly [Direction, ...Direction[]], about: Running): Weight {
  const { rule } = about;
  const plain = strictestOf(rule, directions);
  const takeover = takeoverOf(change, about);
  const direction = takeover ? strictestOf(rule, [plain, directionOf(change.from, takeover.base)]) : plain;
  return {
    direction,
    needed: approvalsNeeded(rule, direction),
    takeover: direction === plain ? null : takeover,
    lowers: takeover === null && directions.every((one) => one === 'lower'),
  };
}
