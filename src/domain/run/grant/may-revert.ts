import {
  type Groups,
  isAmong,
  known,
  type Membership,
  mayDecide,
  type People,
  type Person,
  type Policy,
  type Rule,
  samePerson,
} from '../../policy/policy.ts';
import type { ThrottleRequest } from '../../request/throttle-request.ts';

/**
 * Whether this person may end the grant of a request early: its requester and the policy's admins. If it raised the limit, also
 * whoever may approve it.
 */
export function mayRevert(
  { requester, direction }: Pick<ThrottleRequest, 'requester' | 'direction'>,
  by: Person,
  { policy, rule, groups, people }: { policy: Policy; rule: Rule | null; groups: Groups; people: People },
): Membership {
  if (by.kind !== 'member') return 'no';
  if (samePerson(known(requester, people), by)) return 'yes';
  const admin = isAmong(policy.admins, by, groups);
  if (admin === 'yes' || direction === 'lower' || !rule) return admin;
  const may = mayDecide(rule, by, known(requester, people), groups);
  if (may.allowed) return 'yes';
  return may.why === 'unknown-groups' ? 'unknown' : admin;
}
