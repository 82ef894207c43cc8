import { groupsOf, matchRule, mayAsk, type Policy } from '../domain/policy.ts';
import { parseExecutionArn } from '../domain/task-execution.ts';
import type { ActiveExecution, Executions, ListTarget, People, PolicySource } from './ports.ts';

export interface ListDeps {
  executions: Executions;
  people: People;
  policy: PolicySource;
  /** Where rules that name no Region are looked up; null where none is set. */
  defaultRegion: string | null;
}

/**
 * Running and queued executions that this person may ask about in this channel, those whose task name or ARN holds
 * `query`.
 * @throws PersonUnknown
 */
export async function listExecutions(
  deps: ListDeps,
  { user, channel, query }: { user: string; channel: string; query: string },
): Promise<ActiveExecution[]> {
  const { policy } = deps.policy.current();
  const [person, groups, { executions }] = await Promise.all([
    deps.people.person(user),
    deps.people.groups([...new Set(policy.rules.flatMap((rule) => groupsOf(rule)))]),
    deps.executions.listActive(targetsOf(policy, deps.defaultRegion)),
  ]);
  const wanted = query.trim().toLowerCase();
  return executions.filter(({ arn, taskName }) => {
    const parsed = parseExecutionArn(arn);
    if (!parsed.ok) return false;
    const { account, region, taskId } = parsed.value;
    const rule = matchRule(policy, { account, region, task: taskId, channel });
    const found = `${taskName ?? ''} ${arn}`.toLowerCase().includes(wanted);
    return found && rule !== null && mayAsk(rule, person, groups).allowed;
  });
}

/** Each Region under each role that the policy names, once. */
function targetsOf(policy: Policy, defaultRegion: string | null): ListTarget[] {
  const targets = new Map<string, ListTarget>();
  for (const { match, role } of policy.rules) {
    for (const region of match.regions ?? (defaultRegion ? [defaultRegion] : [])) {
      targets.set(`${region} ${role}`, { region, role });
    }
  }
  return [...targets.values()];
}
