import { type Groups, type Membership, mayDecide, type Person, type Rule } from './policy.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** May this person end the limit's time now: who requested or approved it, and who may decide it by its rule. */
export function mayRevert(
  { requester, approvals }: Pick<ThrottleRequest, 'requester' | 'approvals'>,
  by: Person,
  { rule, groups }: { rule: Rule | null; groups: Groups },
): Membership {
  if (by.kind !== 'member') return 'no';
  if ([requester, ...approvals.map((one) => one.by)].some(({ user }) => user === by.user)) return 'yes';
  const may = rule && mayDecide(rule, by, requester, groups);
  if (!may) return 'no';
  if (may.allowed) return 'yes';
  return may.why === 'unknown-groups' ? 'unknown' : 'no';
}
