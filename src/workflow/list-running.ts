import { type Hold, isHeld } from '../domain/hold.ts';
import { groupsOf, matchRule, mayAsk, type Policy, type Rule } from '../domain/policy.ts';
import { parseExecutionArn, type TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { type ListDeps, placelessRules, targetsOf } from './list-executions.ts';
import type { MeasuredRates } from './measured-rates.ts';
import type { ActiveExecution, ActiveList, Channels, Ledger } from './ports.ts';
import { shownTo } from './shown-requests.ts';

export interface RunningDeps extends ListDeps {
  ledger: Ledger;
  channels: Channels;
  rates: MeasuredRates;
}

/** One running or queued execution, with what is known of it by now. */
export interface RunningRow {
  execution: ActiveExecution;
  /** Null: not looked at yet, or AWS could not say. */
  look: TaskExecution | null;
  /** Bytes per second between two looks; null before there are two. */
  measured: number | null;
  /** The open request about it. */
  open: ThrottleRequest | null;
  /** The request whose limit is in force there for a while. */
  held: HeldRequest | null;
  /** This person may ask about it in this channel. */
  mayAsk: boolean;
}

export type HeldRequest = ThrottleRequest & { hold: Hold };

export interface Running {
  /** One page. */
  rows: RunningRow[];
  /** Of all pages. */
  total: number;
  /** Where in all of them this page begins, from 0. */
  from: number;
  failed: ActiveList['failed'];
  /** Rules that name no Region, where the bot has none of its own: nobody knows what runs there. */
  placeless: string[];
  /** Nothing that was asked of AWS is still to come. */
  complete: boolean;
}

export type Listed = { kind: 'list'; running: Running } | { kind: 'no-member' };

const MOST_REQUESTS = 500;
/** Of the time that there is, the part that listing may take; looking at the page takes the rest. */
const LISTING_PART = 0.6;
const ORDER = ['TRANSFERRING', 'VERIFYING', 'PREPARING', 'LAUNCHING', 'QUEUED'];

/**
 * A page of the running and queued executions that the policy names, in all its accounts and Regions: what is known
 * after `withinMs`. Asked again, it goes on where it was: AWS is not asked twice within 15 s. However many executions
 * there are, only those of the page are looked at.
 * @throws PersonUnknown, LedgerLost
 */
export async function listRunning(
  deps: RunningDeps,
  ask: { user: string; channel: string | null; from: number; size: number; withinMs: number },
): Promise<Listed> {
  const { policy } = deps.policy.current();
  const began = performance.now();
  const left = () => Math.max(0, ask.withinMs - (performance.now() - began));
  const person = await deps.people.person(ask.user);
  if (person.kind !== 'member') return { kind: 'no-member' };
  const [groups, list, open, held] = await Promise.all([
    deps.people.groups([...new Set(policy.rules.flatMap((rule) => groupsOf(rule)))]),
    deps.executions.listActive(targetsOf(policy, deps.defaultRegion), {
      details: false,
      withinMs: ask.withinMs * LISTING_PART,
    }),
    deps.ledger.openRequests(MOST_REQUESTS),
    heldRequests(deps.ledger),
  ]);
  const named = list.executions.filter((one) => ruleNaming(policy, one.arn) !== null).sort(byInterest);
  const from = ask.from < named.length ? ask.from : 0;
  const page = named.slice(from, from + ask.size);
  const onPage = <R extends ThrottleRequest>(requests: readonly R[]) =>
    page.map(({ arn }) => requests.find(({ execution }) => execution === arn) ?? null);
  const opens = onPage(open.map(({ request }) => request));
  const holds = onPage(held);
  const [looks, shown] = await Promise.all([
    deps.executions.lookAtActive(
      page.map(({ arn }) => arn),
      left(),
    ),
    shownTo(
      deps,
      person,
      [...opens, ...holds].filter((one) => one !== null),
    ),
  ]);
  const rows = page.map((execution, nth): RunningRow => {
    const [request, limit] = [opens[nth] ?? null, holds[nth] ?? null];
    const rule = ask.channel === null ? null : ruleFor(policy, execution.arn, ask.channel);
    return {
      execution: { ...execution, taskName: execution.taskName ?? looks.get(execution.arn)?.taskName ?? null },
      look: looks.get(execution.arn) ?? null,
      measured: deps.rates.of(execution.arn),
      open: request && shown(request),
      held: limit && shown(limit),
      mayAsk: rule !== null && mayAsk(rule, person, groups).allowed,
    };
  });
  const placeless = placelessRules(policy.rules, deps.defaultRegion);
  const complete = !list.failed.some(({ pending }) => pending) && rows.every(({ look }) => look !== null);
  const running = { rows, total: named.length, from, failed: list.failed, placeless, complete };
  return { kind: 'list', running };
}

/** Requests whose limits go back by themselves, the next first. */
export async function heldRequests(ledger: Ledger): Promise<HeldRequest[]> {
  const inForce = await ledger.limitsInForce(MOST_REQUESTS);
  const held = inForce.map(({ request }) => request).filter((request): request is HeldRequest => isHeld(request));
  return held.sort((one, other) => one.hold.dueAt.localeCompare(other.hold.dueAt));
}

/** A status that isn't known here comes last. */
function place(status: string): number {
  const found = ORDER.indexOf(status);
  return found < 0 ? ORDER.length : found;
}

/** What moves first; then by name, and by ARN, so that pages don't overlap. */
function byInterest(one: ActiveExecution, other: ActiveExecution): number {
  return (
    place(one.status) - place(other.status) ||
    (one.taskName ?? '~').localeCompare(other.taskName ?? '~') ||
    one.arn.localeCompare(other.arn)
  );
}

export function ruleFor(policy: Policy, arn: string, channel: string) {
  const parsed = parseExecutionArn(arn);
  if (!parsed.ok) return null;
  const { account, region, taskId } = parsed.value;
  return matchRule(policy, { account, region, task: taskId, channel });
}

/** The first rule that is about this execution, in whatever channel; null where the policy names it nowhere. */
export function ruleNaming({ rules }: Policy, arn: string): Rule | null {
  const parsed = parseExecutionArn(arn);
  if (!parsed.ok) return null;
  const { account, region, taskId } = parsed.value;
  const holds = (allowed: string[] | undefined, value: string) => allowed === undefined || allowed.includes(value);
  const found = rules.find(
    ({ match }) => holds(match.accounts, account) && holds(match.regions, region) && holds(match.tasks, taskId),
  );
  return found ?? null;
}
