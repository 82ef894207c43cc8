import { type ExecutionArn, isBeyondChange, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import {
  distinct,
  executionRules,
  type Groups,
  isForChannel,
  matchRule,
  mayRequest,
  mayView,
  type Person,
  type Policy,
  type Principals,
  type Rule,
} from '../../domain/policy/policy.ts';
import { plainTyped } from '../../domain/text/invisible.ts';
import { AwsFault } from '../faults.ts';
import { groupsToLookUp } from '../people/rule-groups.ts';
import {
  type ActiveExecution,
  type ActiveList,
  type Executions,
  type ListTarget,
  SHOWN_MAX_AGE_MS,
} from '../ports/executions.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

export interface ListDeps {
  executions: Executions;
  people: People;
  policy: PolicySource;
  /** The Region for rules that name none; null where none is configured. */
  defaultRegion: string | null;
}

/**
 * Running and queued executions whose task name or ARN contains `query` and for which this person may request a limit
 * in this channel. `unknown`: there may be more, because AWS did not answer for all places.
 * @throws PersonUnknown
 */
export async function listExecutions(
  deps: ListDeps,
  { user, channel, query }: { user: string; channel: string; query: string },
): Promise<{ executions: ActiveExecution[]; unknown: boolean }> {
  const { policy } = deps.policy.current();
  const rules = rulesIn(policy, channel);
  const [{ person, groups }, { executions, failed }] = await Promise.all([
    requesterIn(deps, user, rules),
    deps.executions.listActive(targetsOf({ rules }, deps.defaultRegion)),
  ]);
  const ruleOf = ({ account, region, taskId }: ExecutionArn) => {
    const rule = matchRule(policy, { account, region, task: taskId, channel });
    return rule && mayRequest(rule, person, groups).allowed ? rule : null;
  };
  const wanted = plainTyped(query).trim().toLowerCase();
  const found = executions.filter(({ arn, taskName }) => {
    const parsed = parseExecutionArn(arn);
    return `${taskName ?? ''} ${arn}`.toLowerCase().includes(wanted) && parsed.ok && ruleOf(parsed.value) !== null;
  });
  const pasted = parseExecutionArn(query.trim());
  const theirs = rules.filter((rule) => mayRequest(rule, person, groups).allowed);
  const unseen = targetsOf({ rules: theirs }, deps.defaultRegion).some(({ region, role }) =>
    failed.some((target) => target.region === region && target.role === role),
  );
  const unknown = unseen || placelessRules(theirs, deps.defaultRegion).length > 0;
  if (found.length > 0 || !pasted.ok) return { executions: found, unknown };
  const rule = ruleOf(pasted.value);
  const looked = rule ? await lookAtPasted(deps.executions, pasted.value, rule.role) : [];
  return { executions: looked, unknown: false };
}

/** Why executions are not in the list of a channel, though they may run. */
export type Unlisted =
  | { kind: 'failed'; target: ActiveList['failed'][number] }
  /** Rules that name no Region, where none is configured. */
  | { kind: 'no-region'; rules: string[] }
  /**
   * No rule is for this channel. `channels`: those of the rules by which this person may request, or of all rules for a
   * viewer.
   */
  | { kind: 'no-rule'; channels: string[] };

/**
 * What is missing from this channel's list, by the rules under which this person may request, or by all rules for a
 * viewer. It starts a listing as well, so that the next one is ready sooner.
 * @throws PersonUnknown
 */
export async function listLacks(
  deps: ListDeps,
  { user, channel }: { user: string; channel: string },
): Promise<Unlisted[]> {
  const { policy } = deps.policy.current();
  const here = rulesIn(policy, channel);
  const all = executionRules(policy);
  const { person, groups } = await requesterIn(deps, user, here.length > 0 ? here : all, policy.viewers);
  const views = mayView(policy, person, groups).allowed;
  const theirs = (rules: readonly Rule[]) => rules.filter((rule) => views || mayRequest(rule, person, groups).allowed);
  if (here.length === 0) {
    const channels = theirs(all).flatMap(({ match }) => match.channels ?? []);
    return [{ kind: 'no-rule', channels: distinct(channels) }];
  }
  const rules = theirs(here);
  const placeless = placelessRules(rules, deps.defaultRegion);
  const { failed } = await deps.executions.listActive(targetsOf({ rules }, deps.defaultRegion), { details: false });
  return [
    ...failed.map((target) => ({ kind: 'failed', target }) as const),
    ...(placeless.length === 0 ? [] : [{ kind: 'no-region', rules: placeless } as const]),
  ];
}

/** This person, and the groups that decide by which rules they may request, and whether they are among the viewers. */
export async function requesterIn(
  { people }: Pick<ListDeps, 'people'>,
  user: string,
  rules: readonly Rule[],
  viewers: Principals | null = null,
): Promise<{ person: Person; groups: Groups }> {
  const person = await people.person(user);
  const requesters = rules.map((rule) => rule.requesters);
  return { person, groups: await people.groups(groupsToLookUp(person, [...requesters, viewers])) };
}

/** The rules for executions in a channel. */
export function rulesIn(policy: Policy, channel: string): Rule[] {
  return executionRules(policy).filter((rule) => isForChannel(rule, channel));
}

/** Rules whose executions can't be listed: they name no Region, and none is configured. */
export function placelessRules(rules: readonly Rule[], defaultRegion: string | null): string[] {
  return defaultRegion === null
    ? executionRules({ rules })
        .filter(({ match }) => !match.regions)
        .map(({ name }) => name)
    : [];
}

/** The list is cached for some seconds, so an execution that has just begun may not be in it. */
async function lookAtPasted(
  executions: Executions,
  execution: ExecutionArn,
  role: string | null,
): Promise<ActiveExecution[]> {
  try {
    const age = { maxAgeMs: SHOWN_MAX_AGE_MS };
    const observed = await executions.describe(execution, { role, session: { kind: 'read' } }, age);
    return isBeyondChange(observed.status) ? [] : [observed];
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    // It can be chosen all the same: the form then says why AWS does not show it.
    return [{ arn: execution.arn, status: 'not known', mode: null, taskName: null, bytesPerSecond: null }];
  }
}

/** Each pair of Region and role that the rules name, once. */
export function targetsOf(policy: Pick<Policy, 'rules'>, defaultRegion: string | null): ListTarget[] {
  const targets = new Map<string, ListTarget>();
  for (const { match, role } of executionRules(policy)) {
    for (const region of match.regions ?? (defaultRegion ? [defaultRegion] : [])) {
      targets.set(`${region} ${role}`, { region, role });
    }
  }
  return [...targets.values()];
}
