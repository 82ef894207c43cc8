import {
  type Groups,
  known,
  type Membership,
  mayDecide,
  type People,
  type Person,
  type Rule,
  samePerson,
} from '../policy/policy.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';

/**
 * Whether this person may revert the limit now: its requester, its approvers, and those who may decide it under its
 * rule.
 */
export function mayRevert(
  { requester, approvals }: Pick<ThrottleRequest, 'requester' | 'approvals'>,
  by: Person,
  { rule, groups, people }: { rule: Rule | null; groups: Groups; people: People },
): Membership {
  if (by.kind !== 'member') return 'no';
  const parties = [requester, ...approvals.map((one) => one.by)].map((one) => known(one, people));
  if (parties.some((one) => samePerson(one, by))) return 'yes';
  const may = rule && mayDecide(rule, by, known(requester, people), groups);
  if (!may) return 'no';
  if (may.allowed) return 'yes';
  return may.why === 'unknown-groups' ? 'unknown' : 'no';
}
