import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import { distinct, type Groups, type People as KnownPeople } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { partiesOf } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { InForce, Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { provenInForce } from './proven-state.ts';

/** What an open request is judged by. */
export interface CurrentFacts {
  inForce: PolicyInForce;
  groups: Groups;
  people: KnownPeople;
  /** Which request set the limit that is in force on the execution. */
  setBy: InForce | null;
  /** That request, if it is another one. */
  running: ThrottleRequest | null;
}

/** Policies, groups, people and the limit in force, as they are now. @throws PersonUnknown, NotRecorded, StateUnproven */
export async function currentFacts(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  request: ThrottleRequest,
): Promise<CurrentFacts> {
  const [inForce, { setBy, running }] = await Promise.all([
    deps.policy.counting(),
    provenInForce(deps.ledger, request.id, request.execution),
  ]);
  const rules = [...rulesNow(request, inForce), ...(running ? rulesNow(running, inForce) : [])];
  const users = distinct([request, ...(running ? [running] : [])].flatMap(partiesOf));
  const [groups, ...people] = await Promise.all([
    deps.people.groups(groupsOfAll(rules)),
    ...users.map((user) => deps.people.person(user)),
  ]);
  return { inForce, groups, setBy, running, people: new Map(people.map((person) => [person.user, person])) };
}

/** The request that set the limit in force, if it is another one than this. */
export async function otherRequestInForce(
  { ledger }: { ledger: Ledger },
  { id }: Pick<ThrottleRequest, 'id'>,
  setBy: InForce | null,
): Promise<ThrottleRequest | null> {
  if (!setBy || setBy.request === id) return null;
  return (await ledger.load(setBy.request))?.request ?? null;
}

export function executionOf(request: ThrottleRequest): ExecutionArn {
  const parsed = parseExecutionArn(request.execution);
  if (!parsed.ok) throw new Error(`${request.id} is about no execution`);
  return parsed.value;
}
