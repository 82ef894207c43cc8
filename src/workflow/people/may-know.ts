import { knownPolicies } from '../../domain/policy/policies-in-force.ts';
import { distinct, groupsOf, mayRequest, mayView } from '../../domain/policy/policy.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import { hasPlace, maySeeAll } from '../../domain/request/private-request.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { lookUpParties } from './known-people.ts';
import { type ShownDeps, shownTo } from './shown-requests.ts';

/**
 * Whether this person may know that a request exists: by each policy that counts, they view everything, took part in
 * it, or may request by its rule.
 */
export async function mayKnow(
  deps: { people: People; policy: PolicySource },
  user: string,
  request: ThrottleRequest,
): Promise<boolean> {
  const each = knownPolicies(deps.policy.current()).map((one) => ({ ...one, rule: ruleNow(request, one) }));
  const wanted = each.flatMap(({ policy, rule }) => [policy.viewers, policy.audit.readers, rule]);
  const named = distinct(wanted.flatMap((of) => groupsOf(of)));
  const [person, groups] = await Promise.all([deps.people.person(user), deps.people.groups(named)]);
  const people = await lookUpParties(deps.people, person, [request]);
  return each.every(
    ({ policy, rule }) =>
      mayView(policy, person, groups).allowed ||
      (rule !== null && mayRequest(rule, person, groups).allowed) ||
      maySeeAll(request, person, { policy, rule, groups, people }),
  );
}

/** Whether this person may know in which channel it was requested, and so get a link to its message. */
export async function mayKnowPlace(deps: ShownDeps, user: string, request: ThrottleRequest): Promise<boolean> {
  const person = await deps.people.person(user);
  const shown = await shownTo(deps, person, [request]);
  return hasPlace(shown(request));
}
