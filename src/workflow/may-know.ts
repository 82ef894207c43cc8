import { ruleNow } from '../domain/decide-review.ts';
import { distinct, groupsOf, mayAsk, mayView } from '../domain/policy.ts';
import { hasPlace, maySeeAll } from '../domain/private-request.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { lookUpParties } from './known-people.ts';
import type { People, PolicySource } from './ports.ts';
import { type ShownDeps, shownTo } from './shown-requests.ts';

/** Whether this person may know that there is such a request: who sees all, took part, or may request by its rule. */
export async function mayKnow(
  deps: { people: People; policy: PolicySource },
  user: string,
  request: ThrottleRequest,
): Promise<boolean> {
  const inForce = deps.policy.current();
  const { policy } = inForce;
  const rule = ruleNow(request, inForce);
  const wanted = [policy.viewers, policy.audit.readers, rule].flatMap((of) => groupsOf(of));
  const [person, groups] = await Promise.all([deps.people.person(user), deps.people.groups(distinct(wanted))]);
  if (mayView(policy, person, groups).allowed || (rule && mayAsk(rule, person, groups).allowed)) return true;
  const people = await lookUpParties(deps.people, person, [request]);
  return maySeeAll(request, person, { policy, rule, groups, people });
}

/** Whether this person may know where it was requested: then they get a link to its message. */
export async function mayKnowPlace(deps: ShownDeps, user: string, request: ThrottleRequest): Promise<boolean> {
  const person = await deps.people.person(user);
  const shown = await shownTo(deps, person, [request]);
  return hasPlace(shown(request));
}
