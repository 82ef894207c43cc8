import { isNamedBy, type Target } from '../../domain/execution/target.ts';
import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import { matchRule, mayRequest, type Rule } from '../../domain/policy/policy.ts';
import type { ActiveExecution, ListTarget } from '../ports/executions.ts';
import { type ListDeps, placelessRules, requesterIn, rulesIn, targetsOf } from './list-executions.ts';
import { ruleNaming } from './list-running.ts';

/** The execution that a person means. */
export type FoundTarget =
  | { kind: 'one'; execution: ExecutionArn }
  /**
   * It could be any of these, at least one. `several`: all fit. `same-name`: several tasks have the name. `letters`: the name has
   * other capital letters. `incomplete`: AWS did not answer for all places, so others may fit too.
   */
  | { kind: 'choose'; why: 'several' | 'same-name' | 'letters' | 'incomplete'; executions: ActiveExecution[] }
  /** `incomplete`: AWS did not answer for all places. `idle`: there is a task of that name, and it does not run. */
  | { kind: 'none'; incomplete: boolean; idle: boolean };

/** Among which executions a target is looked for: those that this person may request limits for, or all that a viewer sees. */
type Scope = 'request' | 'view';

interface Ask {
  user: string;
  channel: string;
  target: Target;
  scope: Scope;
}

/**
 * Finds the one running or queued execution that a target names. An ARN names itself. Ids and names are looked for among the
 * executions in this person's scope, in lists that are at most 15 s old, and anew where these do not tell. A name counts only
 * where all places were read.
 * @throws PersonUnknown
 */
export async function findTarget(deps: ListDeps, ask: Ask): Promise<FoundTarget> {
  if (ask.target.kind === 'arn') return { kind: 'one', execution: ask.target.execution };
  const scope = await scopeOf(deps, ask);
  const found = await findAmong(deps, ask.target, scope);
  // It may have begun since the list was read.
  return found.kind === 'one' ? found : findAmong(deps, ask.target, scope, 0);
}

async function findAmong(
  deps: ListDeps,
  target: Exclude<Target, { kind: 'arn' }>,
  { inScope, rules }: Among,
  maxAgeMs: number | undefined = undefined,
): Promise<FoundTarget> {
  const targets = targetsOf({ rules }, deps.defaultRegion);
  const list = await deps.executions.listActive(targets, { details: false, maxAgeMs });
  const isPlaceless = placelessRules(rules, deps.defaultRegion).length > 0;
  const seen = list.executions.flatMap((execution) => {
    const parsed = parseExecutionArn(execution.arn);
    return parsed.ok && inScope(parsed.value) ? [{ execution, arn: parsed.value }] : [];
  });
  const isRead = (places: readonly ListTarget[]) => !isPlaceless && places.length === 0;
  const isComplete = isRead(list.failed);
  if (target.kind === 'ids') {
    const found = seen.filter(({ arn }) => isNamedBy(target, arn));
    const [only] = found;
    if (only && found.length === 1 && (target.executionId !== null || isComplete))
      return { kind: 'one', execution: only.arn };
    return (
      chooseFrom(found, isComplete ? 'several' : 'incomplete') ?? { kind: 'none', incomplete: !isComplete, idle: false }
    );
  }
  return findNamed(deps, target.name, seen, { inScope, isComplete: isComplete && isRead(list.unnamed) });
}

interface Seen {
  execution: ActiveExecution;
  arn: ExecutionArn;
}

function findNamed(
  { executions }: ListDeps,
  name: string,
  seen: readonly Seen[],
  { inScope, isComplete }: { inScope: InScope; isComplete: boolean },
): FoundTarget {
  const exact = seen.filter(({ execution }) => execution.taskName === name);
  const tasks = executions.tasksNamed(name).flatMap((arn) => {
    // A task has no ARN of an execution, but the same account, Region and id.
    const parsed = parseExecutionArn(`${arn}/execution/exec-${'0'.repeat(17)}`);
    return parsed.ok && inScope(parsed.value) ? [arn] : [];
  });
  const [only] = exact;
  if (only && exact.length === 1 && tasks.length <= 1 && isComplete) return { kind: 'one', execution: only.arn };
  if (exact.length > 0) {
    return {
      kind: 'choose',
      why: whyExact(tasks.length, isComplete),
      executions: exact.map(({ execution }) => execution),
    };
  }
  const similar = seen.filter(({ execution }) => execution.taskName?.toLowerCase() === name.toLowerCase());
  return chooseFrom(similar, 'letters') ?? { kind: 'none', incomplete: !isComplete, idle: tasks.length > 0 };
}

type Choice = Extract<FoundTarget, { kind: 'choose' }>;

function whyExact(tasks: number, isComplete: boolean): Choice['why'] {
  if (!isComplete) return 'incomplete';
  return tasks > 1 ? 'same-name' : 'several';
}

/** Null: there is none to choose. */
function chooseFrom(found: readonly Seen[], why: Choice['why']): Choice | null {
  return found.length === 0 ? null : { kind: 'choose', why, executions: found.map(({ execution }) => execution) };
}

type InScope = (execution: ExecutionArn) => boolean;

interface Among {
  inScope: InScope;
  rules: Rule[];
}

async function scopeOf(deps: ListDeps, { user, channel, scope }: Ask): Promise<Among> {
  const { policy } = deps.policy.current();
  if (scope === 'view') return { inScope: ({ arn }) => ruleNaming(policy, arn) !== null, rules: policy.rules };
  const here = rulesIn(policy, channel);
  const { person, groups } = await requesterIn(deps, user, here);
  const isTheirs = (rule: Rule | null) => rule !== null && mayRequest(rule, person, groups).allowed;
  return {
    inScope: ({ account, region, taskId }) => isTheirs(matchRule(policy, { account, region, task: taskId, channel })),
    rules: here.filter(isTheirs),
  };
}
