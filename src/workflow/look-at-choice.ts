import { groupsOf, matchRule, mayAsk } from '../domain/policy.ts';
import { type AskRefusal, groupsUnknown } from '../domain/refusal.ts';
import type { ExecutionArn, TaskExecution } from '../domain/task-execution.ts';
import { AwsFault } from './faults.ts';
import type { Executions, People, PolicySource } from './ports.ts';

/** An execution that was chosen in the form: as AWS shows it, or why this person doesn't see it there. */
export type Choice =
  | { kind: 'seen'; execution: TaskExecution }
  | { kind: 'fault'; fault: AwsFault }
  | { kind: 'refused'; refusal: AskRefusal };

/** Only who may request a limit for it here sees it. @throws PersonUnknown */
export async function lookAtChoice(
  deps: { executions: Executions; people: People; policy: PolicySource },
  { user, channel, execution }: { user: string; channel: string; execution: ExecutionArn },
): Promise<Choice> {
  const { account, region, taskId: task } = execution;
  const rule = matchRule(deps.policy.current().policy, { account, region, task, channel });
  if (!rule) return { kind: 'refused', refusal: { why: 'no-rule', account, region, elsewhere: [] } };
  const [person, groups] = await Promise.all([deps.people.person(user), deps.people.groups(groupsOf(rule))]);
  const may = mayAsk(rule, person, groups);
  if (!may.allowed) {
    const { why } = may;
    const refusal =
      why === 'unknown-groups' ? groupsUnknown(rule, groups) : ({ why: 'may-not-ask', denial: why, rule } as const);
    return { kind: 'refused', refusal };
  }
  try {
    const seen = await deps.executions.describe(execution, { role: rule.role, session: { kind: 'read' } });
    return { kind: 'seen', execution: seen };
  } catch (fault) {
    if (fault instanceof AwsFault) return { kind: 'fault', fault };
    throw fault;
  }
}
