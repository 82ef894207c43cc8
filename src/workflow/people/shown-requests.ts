import { knownPolicies } from '../../domain/policy/policies-in-force.ts';
import { distinct, type Person } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import { maySeeAll, tookPart, withoutPrivate } from '../../domain/request/private-request.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Channels } from '../ports/channels.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { lookUpParties } from './known-people.ts';
import { groupsToLookUp } from './rule-groups.ts';

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
  const people = await lookUpParties(deps.people, person, secret);
  const others = secret.filter((request) => !tookPart(request, person, people));
  const readers = policies.map(({ policy }) => policy.audit.readers);
  const approvers = others.flatMap(({ id }) => rules.get(id) ?? []).map((rule) => rule?.approvers);
  const groups = await deps.people.groupsLately(
    others.length === 0 ? [] : groupsToLookUp(person, [...readers, ...approvers]),
  );
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
