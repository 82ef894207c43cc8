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

/** The parts of a requested change that matter to the current limit. */
export interface Change {
  requester: Person;
  from: number;
  to: number;
  /** When the new limit would end; null: it has no end. */
  endsAt: Date | null;
}

/** The request that set the current limit, and what one policy says about it and about the new request. */
export interface Running {
  running: ThrottleRequest | null;
  /** The rule of the new request. */
  rule: Rule;
  /** The rule of the request that set the current limit. */
  runningRule: Rule | null;
  groups: Groups;
  /** The people who requested or approved it, as far as Slack knows them. */
  people: People;
}

/**
 * Null if the change has no hidden effect on the end of the current limit. A change without an end never reverts. A
 * change to the rate that the current limit reverts to is judged as such anyway. And if that rate is lower, an earlier
 * end only lowers the rate.
 */
function takeoverOf(change: Change, { running, rule, runningRule, groups, people }: Running): Takeover | null {
  if (!running || !hasOpenGrant(running) || running.to !== change.from) return null;
  const { base, dueAt } = running.hold;
  if (change.endsAt === null || change.to === base || directionOf(running.to, base) === 'lower') return null;
  const about = { request: running.id, base, dueAt };
  if (change.endsAt.getTime() < Date.parse(dueAt)) return { ...about, why: 'ends-earlier' };
  // A group that Slack does not answer for counts as one that they are not in.
  const had = mayRevert(running, change.requester, { rule: runningRule, groups, people }) === 'yes';
  return had && covers(runningRule, rule) ? null : { ...about, why: 'revert-now' };
}

/**
 * Whether everybody who may decide under one rule may do so under the other. The lists are compared as written, so the
 * answer is never yes by mistake.
 */
function covers(wide: Rule | null, narrow: Rule): boolean {
  if (wide === narrow) return true;
  const within = (key: keyof Principals) => narrow.approvers[key].every((one) => wide?.approvers[key].includes(one));
  return within('users') && within('groups');
}

/**
 * All directions that a change must be approved as: compared with the current rate and, if the current limit has an
 * end, also with the rate that it reverts to. Otherwise a raise approved for an hour could be made permanent by
 * requesting a slightly lower rate.
 */
export function directionsOf(
  { from, to }: Pick<Change, 'from' | 'to'>,
  running: ThrottleRequest | null,
): [Direction, ...Direction[]] {
  const now = directionOf(from, to);
  if (!running || !hasOpenGrant(running) || running.to !== from || running.hold.base === to) return [now];
  return [now, directionOf(running.hold.base, to)];
}

/**
 * An extension is judged like its limit, and also by the rate that it keeps from coming back, because the rule may
 * treat the two differently by now.
 */
export function directionsOfMoreTime(
  asked: Direction,
  to: number,
  running: ThrottleRequest | null,
): [Direction, ...Direction[]] {
  return running && hasOpenGrant(running) && running.to === to ? [asked, directionOf(running.hold.base, to)] : [asked];
}

/** The direction that needs the most approvals under this rule; one that is not allowed comes before all others. */
function strictestOf(rule: Rule, directions: readonly [Direction, ...Direction[]]): Direction {
  const needs = (direction: Direction) => approvalsNeeded(rule, direction) ?? Number.POSITIVE_INFINITY;
  return directions.reduce((found, one) => (needs(one) > needs(found) ? one : found));
}

/** One policy's judgement of a change. */
export interface Weight {
  /** The direction that it is approved as. */
  direction: Direction;
  /** Null: the rule does not allow it. */
  needed: number | null;
  /** Set if it needs more approvals because of the current limit. */
  takeover: Takeover | null;
  /** None of its effects raises a rate. */
  lowers: boolean;
}

/** How many approvals a change needs, both for itself (`directions`) and for its effect on the current limit. */
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
