import type { OtherPolicy, PolicyInForce } from '../../src/domain/policy/policies-in-force.ts';
import type { Rule } from '../../src/domain/policy/policy.ts';
import { admit, decideRequest } from '../../src/domain/request/decide-request.ts';
import { ask, at, execution, GROUPS, MIB, PEOPLE, policy, rule } from './given.ts';

/** What this bot goes by: all is let through at once. */
export const LAX = rule({ name: 'lax', approvals: { lower: 0, raise: 0, unlimited: 0 } });
export const UNREADABLE: OtherPolicy = { policy: null, digest: 'unreadable' };

export function beside(own: Rule, ...others: (Rule | null | OtherPolicy)[]): PolicyInForce {
  const made = others.map((one): OtherPolicy => {
    if (one && 'digest' in one) return one;
    const { policy: other, digest } = one ? policy(one) : policy();
    return { policy: other, digest };
  });
  return { ...policy(own), others: made };
}

export const to = (mibPerSecond: number, more = {}) =>
  ask({ rate: { kind: 'absolute', bytesPerSecond: mibPerSecond * MIB }, ...more });

export function asking(command: ReturnType<typeof ask>, inForce: PolicyInForce, groups = GROUPS) {
  const admission = admit(command, inForce, groups);
  if (!admission.ok) return admission;
  const given = {
    rule: admission.rule,
    inForce,
    groups,
    people: PEOPLE,
    execution: execution(),
    run: null,
    now: at(0),
  };
  return decideRequest(command, given, 'r-1111111111');
}
