import type { Rule } from '../../src/domain/policy/policy.ts';
import { decideRequest } from '../../src/domain/request/decide-request.ts';
import type { RequestCommand } from '../../src/domain/request/request-command.ts';
import { stateEvent } from '../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { startedEvent } from '../../src/domain/run/change/decide-apply.ts';
import { scheduledEvent } from '../../src/domain/run/decide-revert.ts';
import {
  ask,
  at,
  execution,
  folded,
  GROUPS,
  LEAD,
  MIB,
  OPERATOR,
  PEOPLE,
  person,
  policy,
  requested,
  rule,
} from './given.ts';

export const HOUR = 3600;
export const UNLIMITED = -1;
/** So that there are two besides each lead. */
export const THIRD = person('U0THIRD');
export const KNOWN = new Map([...PEOPLE, [THIRD.user, THIRD]]);
export const DAY_RULE = rule({
  ...{ approvals: { lower: 0, raise: 1, unlimited: 2 }, maxDurationSeconds: null },
  approvers: { users: [THIRD.user], groups: ['S0LEADS'] },
});

/** Requested by `by` on `base`, approved by those who had to be asked, and in force for 8 hours from second 2 on. */
export function runningLimit(
  but: { of?: Rule; by?: RequestCommand['requester']; base?: number; to?: number } = {},
): ThrottleRequest {
  const { of = DAY_RULE, by = LEAD, base = UNLIMITED, to = 10 * MIB } = but;
  const asked = requested({
    ...{ of, seen: { bytesPerSecond: base } },
    ask: { requester: by, rate: { kind: 'absolute', bytesPerSecond: to }, durationSeconds: 8 * HOUR },
  });
  return inForce({ ...asked, status: 'approved' }, null, 2);
}

export function inForce(approved: ThrottleRequest, running: ThrottleRequest | null, second: number): ThrottleRequest {
  const begun = folded(approved, at(second), startedEvent(approved, 'd', null, 1));
  const applied = folded(
    begun,
    at(second),
    stateEvent(begun, 'applied', null, 'd', { rate: begun.to, status: 'TRANSFERRING' }),
  );
  const scheduled = scheduledEvent(
    { ...applied, version: begun.version + 1 },
    { policy: 'd', now: at(second), running },
  );
  return scheduled ? folded(applied, at(second), scheduled) : applied;
}

export interface Asking {
  by?: RequestCommand['requester'];
  rate?: number;
  seconds?: number | null;
  of?: Rule;
  running?: ThrottleRequest;
  channel?: string;
  others?: Rule[];
}

export function asking({ by = OPERATOR, rate = 9.9, seconds = 9 * HOUR, of = DAY_RULE, ...rest }: Asking = {}) {
  const running = rest.running ?? runningLimit();
  const command = ask({
    ...{ requester: by, durationSeconds: seconds, channel: rest.channel ?? 'C0OPS' },
    rate: { kind: 'absolute', bytesPerSecond: Math.round(rate * MIB) },
  });
  const facts = {
    ...{ rule: of, inForce: policy(...(rest.others ?? []), of), groups: GROUPS, people: KNOWN, running, now: at(60) },
    execution: execution({ bytesPerSecond: running.to }),
  };
  return decideRequest(command, facts, 'r-1111111111');
}

export const approvals = (decision: ReturnType<typeof asking>) =>
  decision.ok ? decision.proposal.detail.approvals : decision.refusal.why;
