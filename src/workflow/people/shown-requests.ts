import { knownPolicies } from '../../domain/policy/policies-in-force.ts';
import { distinct, groupsOf, type Person } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import { maySeeAll, withoutPrivate } from '../../domain/request/private-request.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Channels } from '../ports/channels.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { lookUpParties } from './known-people.ts';
import { approverGroups } from './rule-groups.ts';

export interface ShownDeps {
  people: People;
  channels: Channels;
  policy: PolicySource;
}

/**
 * A request as this person may see it: without its private part if it was made in a channel that they can't see into.
 */
export type ShowRequest = <R extends ThrottleRequest>(request: R) => R;

/** How this person may see these requests; the answer is for these only. @throws PersonUnknown */
export async function shownTo(
  deps: ShownDeps,
  person: Person,
  requests: readonly ThrottleRequest[],
): Promise<ShowRequest> {
  const closed = await privateAmong(deps, requests);
  // Who may see it is looked up only for requests that not everybody may see.
  const secret = requests.filter(({ channel }) => closed.has(channel));
  if (secret.length === 0) return (request) => request;
  const inForce = deps.policy.current();
  const policies = knownPolicies(inForce);
  const rules = new Map(secret.map((request) => [request.id, rulesNow(request, inForce)]));
  const readers = policies.flatMap(({ policy }) => groupsOf(policy.audit.readers));
  const [groups, people] = await Promise.all([
    deps.people.groupsLately(distinct([...readers, ...approverGroups([...rules.values()].flat())])),
    lookUpParties(deps.people, person, secret),
  ]);
  // By each policy that counts.
  const seesAll = (request: ThrottleRequest) =>
    policies.every(({ policy }, nth) =>
      maySeeAll(request, person, { policy, rule: rules.get(request.id)?.[nth] ?? null, groups, people }),
    );
  const hidden = new Set(secret.filter((request) => !seesAll(request)).map(({ id }) => id));
  return (request) => (hidden.has(request.id) ? withoutPrivate(request) : request);
}

/** The private channels that these requests were made in; Slack is called once for each. */
async function privateAmong(
  { channels }: Pick<ShownDeps, 'channels'>,
  requests: readonly ThrottleRequest[],
): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  const asked = distinct(requests.map(({ channel }) => channel));
  await Promise.all(
    asked.map(async (channel) => {
      if (await channels.isPrivate(channel)) closed.add(channel);
    }),
  );
  return closed;
}
