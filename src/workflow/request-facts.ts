import { ruleNow } from '../domain/decide-review.ts';
import { type Groups, groupsOf, type People as KnownPeople } from '../domain/policy.ts';
import { type ExecutionArn, parseExecutionArn } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { People, PolicySource } from './ports.ts';

export interface StandingFacts {
  inForce: ReturnType<PolicySource['current']>;
  groups: Groups;
  people: KnownPeople;
}

/** Policy, groups and people as they are now: what an open request is judged by. */
export async function standingFacts(
  deps: { people: People; policy: PolicySource },
  request: ThrottleRequest,
): Promise<StandingFacts> {
  const inForce = deps.policy.current();
  const rule = ruleNow(request, inForce);
  const users = [...new Set([request.requester.user, ...request.approvals.map(({ by }) => by.user)])];
  const [groups, ...people] = await Promise.all([
    deps.people.groups(groupsOf(rule)),
    ...users.map((user) => deps.people.person(user)),
  ]);
  return { inForce, groups, people: new Map(people.map((person) => [person.user, person])) };
}

export function executionOf(request: ThrottleRequest): ExecutionArn {
  const parsed = parseExecutionArn(request.execution);
  if (!parsed.ok) throw new Error(`${request.id} is about no execution`);
  return parsed.value;
}
