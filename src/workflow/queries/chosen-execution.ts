import type { ExecutionArn, TaskExecution } from '../../domain/execution/task-execution.ts';
import { personRefusal } from '../../domain/request/decide-request.ts';
import type { RequestRefusal } from '../../domain/request/refusal.ts';
import { rulesFor, targetOf } from '../../domain/request/request-command.ts';
import { AwsFault } from '../faults.ts';
import { groupsToLookUp } from '../people/rule-groups.ts';
import { type Executions, SHOWN_MAX_AGE_MS } from '../ports/executions.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** An execution chosen in the form, as AWS shows it, or why it can't be shown to this person. */
export type ChosenExecution =
  | { kind: 'seen'; execution: TaskExecution }
  | { kind: 'fault'; fault: AwsFault }
  | { kind: 'refused'; refusal: RequestRefusal };

/**
 * Shown only to people who may request a limit for it in this channel, by each policy that counts.
 * @throws PersonUnknown
 */
export async function chosenExecution(
  deps: { executions: Executions; people: People; policy: PolicySource },
  { user, channel, execution }: { user: string; channel: string; execution: ExecutionArn },
): Promise<ChosenExecution> {
  const { account, region } = execution;
  const rules = rulesFor(targetOf({ execution, channel }), deps.policy.current());
  const person = await deps.people.person(user);
  const requesters = rules.map((rule) => rule?.requesters);
  const groups = await deps.people.groups(groupsToLookUp(person, requesters));
  for (const rule of rules) {
    if (!rule) return { kind: 'refused', refusal: { why: 'no-rule', account, region, elsewhere: [] } };
    const refusal = personRefusal(rule, person, groups);
    if (refusal) return { kind: 'refused', refusal };
  }
  try {
    const role = rules[0]?.role ?? null;
    const age = { maxAgeMs: SHOWN_MAX_AGE_MS };
    const observed = await deps.executions.describe(execution, { role, session: { kind: 'read' } }, age);
    return { kind: 'seen', execution: observed };
  } catch (fault) {
    if (fault instanceof AwsFault) return { kind: 'fault', fault };
    throw fault;
  }
}
