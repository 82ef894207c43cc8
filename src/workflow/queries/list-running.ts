import { parseExecutionArn, type TaskExecution } from '../../domain/execution/task-execution.ts';
import { memberRule } from '../../domain/policy/links/link-rules.ts';
import { matchRule, mayRequest, type Policy, type Rule } from '../../domain/policy/policy.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant, type TimedGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Run } from '../../domain/run/run.ts';
import { ifUnreadable } from '../faults.ts';
import { groupsToLookUp } from '../people/rule-groups.ts';
import { shownTo } from '../people/shown-requests.ts';
import type { Channels } from '../ports/channels.ts';
import type { ActiveExecution, ActiveList } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type ListDeps, placelessRules, targetsOf } from './list-executions.ts';
import { type MeasuredRates, speedUnderLimit } from './measured-rates.ts';

export interface RunningDeps extends ListDeps {
  ledger: Ledger;
  channels: Channels;
  rates: MeasuredRates;
}

/** One running or queued execution, with what is known of it by now. */
export interface RunningRow {
  execution: ActiveExecution;
  /** Null: not read yet, or AWS did not answer. */
  look: TaskExecution | null;
  /** Bytes per second between two observations; null before there are two. */
  measured: number | null;
  /** Bytes per second for an estimate of the time left (see `speedUnderLimit`). */
  speed: number | null;
  /** The open request about it. */
  open: ThrottleRequest | null;
  /** The request that set the limit in force, if that limit has an end. */
  held: GrantedRequest | null;
  /** Null: the bot has not changed its limit. */
  run: Run | null;
  /** Whether this person may request a limit for it in this channel. */
  mayRequest: boolean;
}

export type GrantedRequest = ThrottleRequest & { hold: TimedGrant };

export interface Running {
  /** One page. */
  rows: RunningRow[];
  /** Of all pages. */
  total: number;
  /** The index of the first row of this page, from 0. */
  from: number;
  failed: ActiveList['failed'];
  /** Rules that name no Region, where none is configured: their executions can't be listed. */
  placeless: string[];
  /** AWS has answered all calls. */
  complete: boolean;
}

export type Listed = { kind: 'list'; running: Running } | { kind: 'no-member' };

/** The part of the time that listing may take; describing the executions of the page takes the rest. */
export const LISTING_PART = 0.6;
const ORDER = ['TRANSFERRING', 'VERIFYING', 'PREPARING', 'LAUNCHING', 'QUEUED'];

/**
 * A page of the running and queued executions that the policy covers, in all its accounts and Regions: what is known
 * after `withinMs`. A second call continues where the first one stopped, and AWS is not called twice within 15 s.
 * However many executions there are, only those of the page are described.
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
  const list = await deps.executions.listActive(targetsOf(policy, deps.defaultRegion), {
    details: false,
    withinMs: ask.withinMs * LISTING_PART,
  });
  const named = list.executions.filter((one) => ruleNaming(policy, one.arn) !== null).sort(byInterest);
  const from = ask.from < named.length ? ask.from : 0;
  const page = named.slice(from, from + ask.size);
  const rules = page.map(({ arn }) => (ask.channel === null ? null : ruleFor(policy, arn, ask.channel)));
  // One request that can't be read must not hide the other rows.
  const [opens, limits] = await Promise.all([
    Promise.all(page.map(({ arn }) => openOn(deps.ledger, arn).catch(ifUnreadable))),
    Promise.all(page.map(({ arn }) => limitOn(deps.ledger, arn).catch(ifUnreadable))),
  ]);
  const holds = limits.map((limit) => (limit?.request && isGrantedRequest(limit.request) ? limit.request : null));
  const [groups, looks, shown] = await Promise.all([
    deps.people.groupsLately(
      groupsToLookUp(
        person,
        rules.map((rule) => rule?.requesters),
      ),
    ),
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
    const [request, held] = [opens[nth] ?? null, holds[nth] ?? null];
    const rule = rules[nth] ?? null;
    const look = looks.get(execution.arn) ?? null;
    return {
      execution: { ...execution, taskName: execution.taskName ?? look?.taskName ?? null },
      look,
      measured: deps.rates.of(execution.arn),
      speed: look && speedUnderLimit(deps.rates, look, (limits[nth]?.request ?? null) !== null),
      open: request && shown(request),
      held: held && shown(held),
      run: limits[nth]?.run ?? null,
      mayRequest: rule !== null && mayRequest(rule, person, groups).allowed,
    };
  });
  const placeless = placelessRules(policy.rules, deps.defaultRegion);
  const complete = !list.failed.some(({ pending }) => pending) && rows.every(({ look }) => look !== null);
  const running = { rows, total: named.length, from, failed: list.failed, placeless, complete };
  return { kind: 'list', running };
}

/** The open request about an execution. */
export async function openOn(ledger: Ledger, arn: string): Promise<ThrottleRequest | null> {
  const id = await ledger.openRequestOf(arn);
  return id === null ? null : ((await ledger.load(id))?.request ?? null);
}

/** The run, and the request that set the limit in force on it. */
export async function limitOn(
  ledger: Ledger,
  arn: string,
): Promise<{ request: ThrottleRequest | null; run: Run | null }> {
  const { run, inForce } = await ledger.run(arn);
  return { request: inForce ? ((await ledger.load(inForce.request))?.request ?? null) : null, run };
}

/** Requests whose limits revert at a time, the next first. */
export async function grantedRequests(ledger: Ledger): Promise<GrantedRequest[]> {
  const inForce = await ledger.limitsInForce();
  const held = inForce.map(({ request }) => request).filter(isGrantedRequest);
  return held.sort((one, other) => one.hold.dueAt.localeCompare(other.hold.dueAt));
}

/** Whether its limit reverts at a time. */
export function isGrantedRequest(request: ThrottleRequest): request is GrantedRequest {
  return hasOpenGrant(request);
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

/** The first rule that covers this execution in any channel; null if none does. */
export function ruleNaming(policy: Policy, arn: string): Rule | null {
  const parsed = parseExecutionArn(arn);
  return parsed.ok ? memberRule(policy, parsed.value) : null;
}
