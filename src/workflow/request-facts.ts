import { rulesNow } from '../domain/decide-review.ts';
import type { PolicyInForce } from '../domain/policies-in-force.ts';
import { distinct, type Groups, groupsOf, type People as KnownPeople, type Rule } from '../domain/policy.ts';
import { type ExecutionArn, parseExecutionArn } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { InForce, Ledger, People, PolicySource } from './ports.ts';

export interface StandingFacts {
  inForce: PolicyInForce;
  groups: Groups;
  people: KnownPeople;
  /** Whose limit stands on the execution. */
  standing: InForce | null;
  /** That request, where it is another one. */
  running: ThrottleRequest | null;
}

/** Policies, groups, people and the limit that runs as they are now: what an open request is judged by. */
export async function standingFacts(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  request: ThrottleRequest,
): Promise<StandingFacts> {
  const [inForce, standing] = await Promise.all([deps.policy.counting(), deps.ledger.inForceOf(request.execution)]);
  const running = await runningBeside(deps, request, standing);
  const rules = [...rulesNow(request, inForce), ...(running ? rulesNow(running, inForce) : [])];
  const users = distinct([request, ...(running ? [running] : [])].flatMap(partiesOf));
  const [groups, ...people] = await Promise.all([
    deps.people.groups(groupsOfAll(rules)),
    ...users.map((user) => deps.people.person(user)),
  ]);
  return { inForce, groups, standing, running, people: new Map(people.map((person) => [person.user, person])) };
}

/** The request, another one, whose limit stands on the execution. */
export async function runningBeside(
  { ledger }: { ledger: Ledger },
  { id }: Pick<ThrottleRequest, 'id'>,
  standing: InForce | null,
): Promise<ThrottleRequest | null> {
  if (!standing || standing.request === id) return null;
  return (await ledger.load(standing.request))?.request ?? null;
}

/** Who requested and who approved it, by user id. */
export function partiesOf({ requester, approvals }: Pick<ThrottleRequest, 'requester' | 'approvals'>): string[] {
  return [requester.user, ...approvals.map(({ by }) => by.user)];
}

/** The groups that must be looked up for several rules, each once. */
export function groupsOfAll(rules: readonly (Rule | null)[]): string[] {
  return distinct(rules.flatMap((rule) => groupsOf(rule)));
}

/** The groups that tell who may decide by these rules. */
export function approverGroups(rules: readonly (Rule | null)[]): string[] {
  return distinct(rules.flatMap((rule) => rule?.approvers.groups ?? []));
}

export function executionOf(request: ThrottleRequest): ExecutionArn {
  const parsed = parseExecutionArn(request.execution);
  if (!parsed.ok) throw new Error(`${request.id} is about no execution`);
  return parsed.value;
}
