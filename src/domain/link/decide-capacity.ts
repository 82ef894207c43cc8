import {
  approvalsNeeded,
  checkRate,
  type Direction,
  directionOf,
  type Groups,
  type Person,
  type Rule,
} from '../policy/policy.ts';
import { type RequestedRate, resolveRate } from '../rate/rate.ts';
import { personRefusal } from '../request/decide-request.ts';
import type { ElsewhereRule, RequestRefusal } from '../request/refusal.ts';
import { strictestOf } from '../run/weigh-limit.ts';
import { MAX_DURATION } from '../time/duration.ts';

/** Why a request for a link is refused. */
export type CapacityRefusal =
  | RequestRefusal
  | { why: 'no-link-rule'; link: string; elsewhere: ElsewhereRule[] }
  /** A request for a link always has an end, after at most `max` seconds. */
  | { why: 'end-required'; max: number }
  /** It is due anyway, for the whole time. */
  | { why: 'same-capacity'; capacity: number };

/** Another capacity of a link for a while, as somebody requests it. */
export interface CapacityCommand {
  requester: Person;
  rate: RequestedRate;
  /** Null: none was given. */
  durationSeconds: number | null;
}

export interface CapacityFacts {
  rule: Rule;
  groups: Groups;
  /** What is due for the link now, without the request; bytes per second, -1 unlimited. */
  due: number;
  /** The capacities that its timetable brings before the request would end. */
  later: readonly number[];
}

export interface CapacityProposal {
  from: number;
  to: number;
  direction: Direction;
  /** Approvals. */
  needed: number;
}

/**
 * What one rule says of another capacity for a link. It is weighed at every moment until its end: where it is above what the
 * timetable would bring at any of them, it is a raise.
 */
export function decideCapacity(
  { requester, rate, durationSeconds }: CapacityCommand,
  { rule, groups, due, later }: CapacityFacts,
): { ok: true; proposal: CapacityProposal } | { ok: false; refusal: CapacityRefusal } {
  const refuse = (refusal: CapacityRefusal) => ({ ok: false as const, refusal });
  const person = personRefusal(rule, requester, groups);
  if (person) return refuse(person);
  const max = rule.maxDurationSeconds ?? MAX_DURATION;
  if (durationSeconds === null) return refuse({ why: 'end-required', max });
  if (durationSeconds > max) return refuse({ why: 'duration-too-long', rule, asked: durationSeconds, max });
  const resolved = resolveRate(rate, due);
  if (!resolved.ok) return refuse({ why: 'rate', problem: resolved.problem, current: due });
  const to = resolved.value;
  const changed = [due, ...later].filter((capacity) => capacity !== to);
  if (changed.length === 0) return refuse({ why: 'same-capacity', capacity: to });
  const direction = strictestOf(
    rule,
    changed.map((capacity) => directionOf(capacity, to)),
  );
  const needed = approvalsNeeded(rule, direction);
  if (needed === null) return refuse({ why: 'unlimited-not-allowed', rule });
  const outside = checkRate(rule, to);
  if (outside) return refuse({ why: 'rate-outside', rule, to, ...outside });
  return { ok: true, proposal: { from: due, to, direction, needed } };
}
