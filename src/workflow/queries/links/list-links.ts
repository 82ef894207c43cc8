import { rateOnWire } from '../../../domain/execution/impact.ts';
import { parseTaskArn } from '../../../domain/execution/task-arn.ts';
import { isBeyondChange, parseExecutionArn, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import type { Link } from '../../../domain/link/link.ts';
import { memberRule } from '../../../domain/policy/links/link-rules.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ActiveExecution, ActiveList, ListTarget } from '../../ports/executions.ts';
import { targetsOf } from '../list-executions.ts';
import { LISTING_PART, type RunningDeps } from '../list-running.ts';
import type { MeasuredRates } from '../measured-rates.ts';
import { type LinkOutlook, linkOutlook } from './link-outlook.ts';

export interface ListLinksDeps extends Pick<RunningDeps, 'executions' | 'policy' | 'defaultRegion' | 'rates'> {
  clock: Clock;
}

/** One link, with what is known by now of the executions of the tasks that it lists. */
export interface LinkRow {
  link: Link;
  outlook: LinkOutlook;
  /** How many are running or queued. */
  executions: number;
  /** How many of them were not measured. */
  unmeasured: number;
  /** What the others send together: bytes per second on the wire, as the capacity counts. */
  sum: number;
  /** The Regions of its tasks in which not all executions are known. `pending`: AWS may still answer. */
  unread: { region: string; pending: boolean }[];
}

export interface ListedLinks {
  rows: LinkRow[];
  /** The names of the links that are not among the rows. */
  others: string[];
  /** AWS has answered all calls. */
  complete: boolean;
}

/** Before an execution's first byte, and after its last one. */
const NOT_SENDING: readonly string[] = ['QUEUED', 'LAUNCHING', 'PREPARING', 'VERIFYING'];

/**
 * The first `size` links of the policy, those with running or queued executions first where not all fit, with what is
 * known after `withinMs`. At most `looks` executions are described, however many a link has. Without links AWS is not
 * called.
 */
export async function listLinks(
  deps: ListLinksDeps,
  ask: { size: number; looks: number; withinMs: number },
): Promise<ListedLinks> {
  const { policy } = deps.policy.current();
  if (policy.links.length === 0) return { rows: [], others: [], complete: true };
  const began = performance.now();
  const targets = targetsOf(policy, deps.defaultRegion);
  const list = await deps.executions.listActive(targets, {
    details: false,
    withinMs: ask.withinMs * LISTING_PART,
  });
  const members = membersOf(policy.links, list.executions);
  const [shown, others] = firstOf(policy.links, members, ask.size);
  const sending = shown.flatMap((link) => members.get(link) ?? []).filter(isSending);
  const wanted = sending.slice(0, ask.looks).map(({ arn }) => arn);
  const left = Math.max(0, ask.withinMs - (performance.now() - began));
  const looks = await deps.executions.lookAtActive(wanted, left);
  const now = deps.clock.now();
  const rows = shown.map(async (link) => ({
    link,
    outlook: await linkOutlook(link, now),
    ...usageOf(members.get(link) ?? [], looks, deps.rates),
    unread: unreadOf(policy, link, targets, list.failed),
  }));
  return {
    rows: await Promise.all(rows),
    others: others.map(({ name }) => name),
    complete: !list.failed.some(({ pending }) => pending) && wanted.every((arn) => looks.has(arn)),
  };
}

/** By link, those that have any. A lookup for each listed task: thousands of them take no time. */
function membersOf(links: readonly Link[], executions: readonly ActiveExecution[]): Map<Link, ActiveExecution[]> {
  const byTask = new Map<string, ActiveExecution[]>();
  for (const execution of executions) {
    const parsed = parseExecutionArn(execution.arn);
    if (!parsed.ok) continue;
    const { taskArn } = parsed.value;
    byTask.set(taskArn, [...(byTask.get(taskArn) ?? []), execution]);
  }
  const members = links.map((link) => [link, link.tasks.flatMap((task) => byTask.get(task) ?? [])] as const);
  return new Map(members.filter(([, running]) => running.length > 0));
}

/** In the order of the policy where all fit. */
function firstOf(
  links: readonly Link[],
  members: ReadonlyMap<Link, unknown>,
  size: number,
): [shown: Link[], others: Link[]] {
  const ordered = links.length <= size ? [...links] : [...links].sort((a, b) => +members.has(b) - +members.has(a));
  return [ordered.slice(0, size), ordered.slice(size)];
}

function isSending({ status }: { status: string }): boolean {
  return !NOT_SENDING.includes(status);
}

function usageOf(
  members: readonly ActiveExecution[],
  looks: ReadonlyMap<string, TaskExecution>,
  rates: MeasuredRates,
): Pick<LinkRow, 'executions' | 'unmeasured' | 'sum'> {
  const running = members.filter(({ arn, status }) => !isBeyondChange(looks.get(arn)?.status ?? status));
  const each = running.map((member) => {
    const look = looks.get(member.arn);
    if (!isSending(look ?? member)) return 0;
    const measured = look ? rates.of(look.arn) : null;
    return look && measured !== null ? rateOnWire(look, measured) : null;
  });
  return {
    executions: running.length,
    unmeasured: each.filter((rate) => rate === null).length,
    sum: each.reduce<number>((sum, rate) => sum + (rate ?? 0), 0),
  };
}

function unreadOf(
  policy: Policy,
  { tasks }: Link,
  targets: readonly ListTarget[],
  failed: ActiveList['failed'],
): LinkRow['unread'] {
  const unread = new Map<string, boolean>();
  for (const arn of tasks) {
    const task = parseTaskArn(arn);
    const rule = task && memberRule(policy, task);
    if (!rule) continue;
    const isPlace = ({ region, role }: ListTarget) => region === task.region && role === rule.role;
    const fault = failed.find(isPlace);
    // Where its rule names no Region, only the default one is listed.
    if (fault || !targets.some(isPlace)) {
      unread.set(task.region, (fault?.pending ?? false) || (unread.get(task.region) ?? false));
    }
  }
  return [...unread].map(([region, pending]) => ({ region, pending }));
}
