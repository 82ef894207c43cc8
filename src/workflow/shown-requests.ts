import { rulesNow } from '../domain/decide-review.ts';
import { knownPolicies } from '../domain/policies-in-force.ts';
import { distinct, groupsOf, type Person } from '../domain/policy.ts';
import { maySeeAll, withoutPrivate } from '../domain/private-request.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { lookUpParties } from './known-people.ts';
import type { Channels, People, PolicySource } from './ports.ts';
import { groupsOfAll } from './request-facts.ts';

export interface ShownDeps {
  people: People;
  channels: Channels;
  policy: PolicySource;
}

/** How this person is to see a request: a copy without what is private, where it was made in a private channel. */
export type ShowRequest = <R extends ThrottleRequest>(request: R) => R;

/** Looks at all of `requests` at once; the answer is good for these. @throws PersonUnknown */
export async function shownTo(
  deps: ShownDeps,
  person: Person,
  requests: readonly ThrottleRequest[],
): Promise<ShowRequest> {
  const inForce = deps.policy.current();
  const policies = knownPolicies(inForce);
  const rules = new Map(requests.map((request) => [request.id, rulesNow(request, inForce)]));
  const readers = policies.flatMap(({ policy }) => groupsOf(policy.audit.readers));
  const [groups, people] = await Promise.all([
    deps.people.groups(distinct([...readers, ...groupsOfAll([...rules.values()].flat())])),
    lookUpParties(deps.people, person, requests),
  ]);
  // By each policy that counts.
  const seesAll = (request: ThrottleRequest) =>
    policies.every(({ policy }, nth) =>
      maySeeAll(request, person, { policy, rule: rules.get(request.id)?.[nth] ?? null, groups, people }),
    );
  const others = requests.filter((request) => !seesAll(request));
  // Slack is asked only of the channels that it makes a difference for.
  const channels = [...new Set(others.map(({ channel }) => channel))];
  const closed = new Set<string>();
  await Promise.all(
    channels.map(async (channel) => {
      if (await deps.channels.isPrivate(channel)) closed.add(channel);
    }),
  );
  const hidden = new Set(others.filter(({ channel }) => closed.has(channel)).map(({ id }) => id));
  return (request) => (hidden.has(request.id) ? withoutPrivate(request) : request);
}
