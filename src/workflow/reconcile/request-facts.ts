import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import type { Groups, People as KnownPeople } from '../../domain/policy/policy.ts';
import { rulesNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Run } from '../../domain/run/run.ts';
import { partiesOf } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { provenRun } from './proven-state.ts';

/** What an open request is judged by. */
export interface CurrentFacts {
  inForce: PolicyInForce;
  groups: Groups;
  people: KnownPeople;
  stored: StoredRun;
  run: Run | null;
  now: Date;
}

/** Policies, groups, people and the run, as they are now. @throws PersonUnknown, NotRecorded, RunUnreadable, StateUnproven */
export async function currentFacts(
  deps: { ledger: Ledger; people: People; policy: PolicySource; clock: Clock },
  request: ThrottleRequest,
): Promise<CurrentFacts> {
  const [inForce, stored] = await Promise.all([deps.policy.counting(), provenRun(deps.ledger, request.execution)]);
  const [groups, ...people] = await Promise.all([
    deps.people.groups(groupsOfAll(rulesNow(request, inForce))),
    ...partiesOf(request).map((user) => deps.people.person(user)),
  ]);
  const known = new Map(people.map((person) => [person.user, person]));
  return { inForce, groups, stored, run: stored.run, people: known, now: deps.clock.now() };
}

/** @throws Error where the text is the ARN of no execution */
export function executionOf(arn: string): ExecutionArn {
  const parsed = parseExecutionArn(arn);
  if (!parsed.ok) throw new Error(`${arn} is no execution`);
  return parsed.value;
}
