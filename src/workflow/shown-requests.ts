import { ruleNow } from '../domain/decide-review.ts';
import { groupsOf, type Person } from '../domain/policy.ts';
import { maySeeAll, withoutPrivate } from '../domain/private-request.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { lookUpParties } from './known-people.ts';
import type { Channels, People, PolicySource } from './ports.ts';

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
  const { policy } = inForce;
  const rules = new Map(requests.map((request) => [request.id, ruleNow(request, inForce)]));
  const wanted = [...groupsOf(policy.audit.readers), ...[...rules.values()].flatMap((rule) => groupsOf(rule))];
  const [groups, people] = await Promise.all([
    deps.people.groups([...new Set(wanted)]),
    lookUpParties(deps.people, person, requests),
  ]);
  const others = requests.filter(
    (request) => !maySeeAll(request, person, { policy, rule: rules.get(request.id) ?? null, groups, people }),
  );
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
