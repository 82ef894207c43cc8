import { isNamedBy, isSimilar, type Target } from '../../domain/execution/target.ts';
import { parseTaskArn, type TaskArn } from '../../domain/execution/task-arn.ts';
import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import { linkRulesIn, memberRule } from '../../domain/policy/links/link-rules.ts';
import { distinct, executionRules, matchRule, mayRequest, type Rule } from '../../domain/policy/policy.ts';
import type { ActiveExecution, ListOptions } from '../ports/executions.ts';
import { type ListDeps, requesterIn, rulesIn, targetsOf } from './list-executions.ts';

/** The execution that a person means. */
export type FoundTarget =
  | { kind: 'one'; execution: ExecutionArn }
  /**
   * It could be any of these, at least one. `several`: all fit. `same-name`: several tasks have the name. `similar`: the name
   * differs in capital letters, spaces, dots or underscores. `incomplete`: not all places were read, so others may fit too.
   */
  | { kind: 'choose'; why: 'several' | 'same-name' | 'similar' | 'incomplete'; executions: ActiveExecution[] }
  /**
   * `incomplete`: not all places were read. `idle`: there is a task of that name, and it does not run. `links`: the names of the
   * links in this person's scope, where a name was typed.
   */
  | { kind: 'none'; incomplete: boolean; idle: boolean; links: string[] };

/** Among which executions a target is looked for: those that this person may request limits for, or all that a viewer sees. */
type Scope = 'request' | 'view';

/**
 * `usual`: lists are at most 15 s old, and read again where these do not tell. `short`: the same, for somebody who must have the
 * answer within 3 s. `fresh`: lists are read now, because the answer decides which execution is changed.
 */
export type TargetWait = 'usual' | 'short' | 'fresh';

/** An ARN names its execution: nothing has to be looked for. */
export type SoughtTarget = Exclude<Target, { kind: 'arn' }>;

interface Ask {
  user: string;
  channel: string;
  target: SoughtTarget;
  scope: Scope;
  wait: TargetWait;
}

const FRESH_MS = 5_000;
/** Each of two lists. What else is read before a form opens takes some of the 3 s too. */
const SHORT_MS = 800;

/**
 * Finds the one running or queued execution that a target names, among the executions in this person's scope. A name counts only where all places that their rules cover were read.
 * @throws PersonUnknown
 */
export async function findTarget(deps: ListDeps, ask: Ask): Promise<FoundTarget> {
  const scope = await scopeOf(deps, ask);
  // An execution id names the same one at any time. A name or a task may have got another execution since the list was read.
  const isFixed = ask.target.kind === 'ids' && ask.target.executionId !== null;
  if (ask.wait === 'fresh' && !isFixed) return findAmong(deps, ask.target, scope, { maxAgeMs: 0, withinMs: FRESH_MS });
  const within = ask.wait === 'short' ? { withinMs: SHORT_MS } : {};
  const found = await findAmong(deps, ask.target, scope, within);
  // It may have begun since the list was read.
  return found.kind === 'one' ? found : findAmong(deps, ask.target, scope, { ...within, maxAgeMs: 0 });
}

async function findAmong(
  deps: ListDeps,
  target: SoughtTarget,
  { inScope, rules, links }: Among,
  age: Pick<ListOptions, 'maxAgeMs' | 'withinMs'>,
): Promise<FoundTarget> {
  const region = target.kind === 'ids' ? target.region : null;
  const targets = targetsOf({ rules }, region ?? deps.defaultRegion);
  const searched = region === null ? targets : targets.filter((one) => one.region === region);
  const list = await deps.executions.listActive(searched, { details: false, ...age });
  // A rule that names no Region covers all of them, and only one is searched for it.
  const isEverywhere = region !== null || rules.every(({ match }) => match.regions);
  const seen = list.executions.flatMap((execution) => {
    const parsed = parseExecutionArn(execution.arn);
    return parsed.ok && inScope(parsed.value) ? [{ execution, arn: parsed.value }] : [];
  });
  const isComplete = isEverywhere && list.failed.length === 0;
  if (target.kind === 'ids') {
    const found = seen.filter(({ arn }) => isNamedBy(target, arn));
    const [only] = found;
    // A task has one Region.
    const isSure =
      only && (target.executionId !== null || list.failed.every((place) => place.region !== only.arn.region));
    if (isSure && found.length === 1) return { kind: 'one', execution: only.arn };
    return (
      chooseFrom(found, isComplete ? 'several' : 'incomplete') ?? {
        kind: 'none',
        incomplete: !isComplete,
        idle: false,
        links: [],
      }
    );
  }
  return findNamed(deps, target.name, seen, { inScope, links, isComplete: isComplete && list.unnamed.length === 0 });
}

interface Seen {
  execution: ActiveExecution;
  arn: ExecutionArn;
}

function findNamed(
  { executions }: ListDeps,
  name: string,
  seen: readonly Seen[],
  { inScope, links, isComplete }: { inScope: InScope; links: string[]; isComplete: boolean },
): FoundTarget {
  const exact = seen.filter(({ execution }) => execution.taskName === name);
  const tasks = executions.tasksNamed(name).flatMap((arn) => {
    const task = parseTaskArn(arn);
    return task && inScope(task) ? [arn] : [];
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
  const similar = seen.filter(({ execution }) => isSimilar(execution.taskName ?? '', name));
  return chooseFrom(similar, 'similar') ?? { kind: 'none', incomplete: !isComplete, idle: tasks.length > 0, links };
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

type InScope = (task: TaskArn) => boolean;

interface Among {
  inScope: InScope;
  rules: Rule[];
  /** The names of links. */
  links: string[];
}

async function scopeOf(deps: ListDeps, { user, channel, scope }: Ask): Promise<Among> {
  const { policy } = deps.policy.current();
  if (scope === 'view') {
    const links = policy.links.map(({ name }) => name);
    return { inScope: (task) => memberRule(policy, task) !== null, rules: executionRules(policy), links };
  }
  const here = rulesIn(policy, channel);
  const forLinks = linkRulesIn(policy, channel);
  const { person, groups } = await requesterIn(deps, user, [...here, ...forLinks]);
  const isTheirs = (rule: Rule | null) => rule !== null && mayRequest(rule, person, groups).allowed;
  return {
    inScope: ({ account, region, taskId }) => isTheirs(matchRule(policy, { account, region, task: taskId, channel })),
    rules: here.filter(isTheirs),
    links: distinct(forLinks.filter(isTheirs).flatMap(({ match }) => match.links ?? [])),
  };
}
