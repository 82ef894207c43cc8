import { isBeyondChange, type TaskExecution } from '../execution/task-execution.ts';
import {
  approvalsNeeded,
  checkRate,
  type Denial,
  type Groups,
  known,
  mayDecide,
  mayRequest,
  type People,
  type Person,
  type Rule,
} from '../policy/policy.ts';
import { mayShow } from '../run/evolve-run.ts';
import type { Exceeded } from '../run/exceeded.ts';
import { endOfRequest } from '../run/grant/schedule-end.ts';
import { memberOf, type Run } from '../run/run.ts';
import { strictestOf, type Weight, weigh } from '../run/weigh-limit.ts';
import type { StaleWhy, ThrottleRequest } from './throttle-request.ts';

/** The facts, besides a policy, by which an open request is judged. */
export interface Circumstances {
  groups: Groups;
  /** The requester and the approvers of this request, as Slack knows them now. */
  people: People;
  /** Null: not read. */
  execution: TaskExecution | null;
  /** Null: the bot has not changed its limit. */
  run: Run | null;
  now: Date;
}

/** One policy's rule for a request. */
export interface Under {
  digest: string;
  rule: Rule | null;
}

export interface ValidApproval {
  kind: 'valid';
  digest: string;
  rule: Rule;
  needed: number;
  expiresInSeconds: number;
  exceeds: Exceeded | null;
  lowers: boolean;
}

export type ValidityUnder =
  | ValidApproval
  | { kind: 'stale'; digest: string; why: StaleWhy; rate: number | null }
  | { kind: 'unknown'; digest: string; rule: Rule };

/**
 * Whether the request and its approvals are still valid under one policy: the rule, the requester, the approvers, the
 * rate it started from, the execution's status. `unknown`: Slack does not say who is in a group, so nobody is allowed.
 */
export function validityUnder(request: ThrottleRequest, under: Under, of: Circumstances): ValidityUnder {
  const { digest, rule } = under;
  const stale = (why: StaleWhy, rate: number | null = null) => ({ kind: 'stale', digest, why, rate }) as const;
  const weight = weightUnder(request, under, of);
  if (!rule || !weight || weight.needed === null || checkRate(rule, request.to)) return stale('policy');
  const seconds = request.extends?.totalSeconds ?? request.durationSeconds;
  if (seconds !== null && seconds > (rule.maxDurationSeconds ?? Number.POSITIVE_INFINITY)) return stale('policy');
  const asked = standsFor(of.people.get(request.requester.user), (person) => mayRequest(rule, person, of.groups));
  const requester = known(request.requester, of.people);
  const approved = request.approvals.map(({ by }) =>
    standsFor(of.people.get(by.user), (person) => mayDecide(rule, person, requester, of.groups)),
  );
  if ([asked, ...approved].includes('no')) return stale('policy');
  if ([asked, ...approved].includes('unknown')) return { kind: 'unknown', digest, rule };
  const { execution } = of;
  if (execution && isBeyondChange(execution.status)) return stale('status', execution.bytesPerSecond);
  if (execution && !isExpected(request, execution.bytesPerSecond, of.run))
    return stale('rate', execution.bytesPerSecond);
  const { needed, exceeds, lowers } = weight;
  return { kind: 'valid', digest, rule, needed, expiresInSeconds: rule.expiresInSeconds, exceeds, lowers };
}

/** On the member of a link another limit is no surprise, if the bot itself set it. */
function isExpected({ from }: ThrottleRequest, shown: number, run: Run | null): boolean {
  return shown === from || (isMoved(run) && mayShow(run, shown));
}

/** Whether the bot may have moved the limit because of a link. */
function isMoved(run: Run | null): run is Run {
  return run !== null && memberOf(run) !== null && run.inForce !== null;
}

/**
 * What an open request needs now under one policy: what its limit needs over its whole time, and at least what its direction
 * needed when it was requested. Null without a rule.
 */
export function weightUnder(
  request: ThrottleRequest,
  { rule }: Pick<Under, 'rule'>,
  of: Pick<Circumstances, 'run' | 'now'>,
): Weight | null {
  if (!rule) return null;
  const { to } = request;
  const { run, now } = of;
  const from = (isMoved(run) ? run.inForce?.rate : null) ?? request.from;
  const until = endOfRequest(request, now);
  const weight = weigh({ request: null, from, to, until }, { run, rule, now });
  const direction = strictestOf(rule, [weight.direction, request.direction]);
  const lowers = weight.lowers && request.direction === 'lower';
  return { ...weight, direction, needed: approvalsNeeded(rule, direction), lowers };
}

type Permission = { allowed: true } | { allowed: false; why: string };

function standsFor(person: Person | undefined, may: (person: Person) => Permission): 'yes' | 'no' | 'unknown' {
  if (!person) return 'unknown';
  const answer = may(person);
  if (answer.allowed) return 'yes';
  return answer.why === 'unknown-groups' ? 'unknown' : 'no';
}

export type MayDecide = { digest: string } & (
  | { kind: 'may' | 'no-rule' }
  | { kind: 'unknown'; rule: Rule }
  | { kind: 'may-not'; rule: Rule; denial: Denial }
);

/** Whether this person may decide under one policy. */
export function mayDecideUnder(
  request: ThrottleRequest,
  by: Person,
  { digest, rule }: Under,
  { groups, people }: Pick<Circumstances, 'groups' | 'people'>,
): MayDecide {
  if (!rule) return { kind: 'no-rule', digest };
  const may = mayDecide(rule, by, known(request.requester, people), groups);
  if (may.allowed) return { kind: 'may', digest };
  return may.why === 'unknown-groups'
    ? { kind: 'unknown', digest, rule }
    : { kind: 'may-not', digest, rule, denial: may.why };
}
