import type { AuditEvent } from './audit-event.ts';
import { isHeld } from './hold.ts';
import type { Direction, Groups, Person, Policy, Rule } from './policy.ts';
import { approvalsNeeded, checkRate, directionOf, matchRule, mayAsk, possibleApprovers } from './policy.ts';
import type { AskedRate } from './rate.ts';
import { resolveRate } from './rate.ts';
import { type AskRefusal, type ElsewhereRule, groupsUnknown, isByPolicy } from './refusal.ts';
import { type ExecutionArn, isUpdatable, type TaskExecution } from './task-execution.ts';
import type { RequestedDetail, ThrottleRequest } from './throttle-request.ts';

/** What somebody asks for, before anything is known of the execution. */
export interface AskCommand {
  requester: Person;
  channel: string;
  execution: ExecutionArn;
  rate: AskedRate;
  durationSeconds: number | null;
  /** The instant that it ends at, where that was asked for; `durationSeconds` is the time until then. */
  endsAt?: string;
  reason: string | null;
  /** The request that it sets back, and what that one had set. */
  undoes?: { request: string; set: number };
}

export interface PolicyInForce {
  policy: Policy;
  digest: string;
}

/** What the policy alone says, so that nobody's question reaches AWS who may not ask it. */
export type Admission = { ok: true; rule: Rule } | { ok: false; refusal: AskRefusal; rule: Rule | null };

/** What a rule is matched against. */
export function targetOf({ execution, channel }: Pick<AskCommand, 'execution' | 'channel'>) {
  return { account: execution.account, region: execution.region, task: execution.taskId, channel };
}

/** May this person ask this here at all? Needs the groups of the rule's requesters and approvers. */
export function admit(command: AskCommand, { policy }: PolicyInForce, groups: Groups): Admission {
  const { execution } = command;
  const target = targetOf(command);
  const rule = matchRule(policy, target);
  if (!rule) {
    const refusal: AskRefusal = {
      why: 'no-rule',
      account: execution.account,
      region: execution.region,
      elsewhere: elsewhere(policy, target),
    };
    return { ok: false, refusal, rule: null };
  }
  const refusal = askerRefusal(rule, command, groups);
  return refusal ? { ok: false, refusal, rule } : { ok: true, rule };
}

function elsewhere(policy: Policy, target: { account: string; region: string; task: string }): ElsewhereRule[] {
  return policy.rules.flatMap((rule) => {
    const channels = rule.match.channels ?? [];
    const here = { ...rule, match: { ...rule.match } };
    delete here.match.channels;
    const wouldMatch = matchRule({ ...policy, rules: [here] }, { ...target, channel: '' });
    return channels.length > 0 && wouldMatch ? [{ rule: rule.name, channels }] : [];
  });
}

function askerRefusal(rule: Rule, command: AskCommand, groups: Groups): AskRefusal | null {
  const may = mayAsk(rule, command.requester, groups);
  if (!may.allowed) {
    return may.why === 'unknown-groups' ? groupsUnknown(rule, groups) : { why: 'may-not-ask', denial: may.why, rule };
  }
  if (rule.reason === 'required' && !command.reason) return { why: 'reason-required', rule };
  const { durationSeconds } = command;
  if (durationSeconds !== null && rule.maxDurationSeconds !== null && durationSeconds > rule.maxDurationSeconds) {
    return { why: 'duration-too-long', rule, asked: durationSeconds, max: rule.maxDurationSeconds };
  }
  return null;
}

/** What would be asked: shown before, recorded after. */
export interface Proposal {
  from: number;
  to: number;
  detail: RequestedDetail;
}

export type AskDecision = { ok: true; event: AuditEvent; proposal: Proposal } | { ok: false; refusal: AskRefusal };

/** The whole question: the person, the policy and the execution as it is now. */
export function decideRequest(
  command: AskCommand,
  facts: {
    rule: Rule;
    inForce: PolicyInForce;
    groups: Groups;
    execution: TaskExecution;
    /** The request whose limit is in force for a while, if there is one. */
    running: ThrottleRequest | null;
    now: Date;
  },
  id: string,
): AskDecision {
  const { rule, execution, groups } = facts;
  if (!isUpdatable(execution.status)) {
    return { ok: false, refusal: { why: 'not-updatable', status: execution.status } };
  }
  const from = execution.bytesPerSecond;
  const resolved = resolveRate(command.rate, from);
  if (!resolved.ok) return { ok: false, refusal: { why: 'rate', problem: resolved.problem, current: from } };
  const { undoes } = command;
  if (undoes && undoes.set !== from) {
    const problem = { kind: 'changed', set: undoes.set, current: from } as const;
    return { ok: false, refusal: { why: 'cannot-undo', request: undoes.request, problem } };
  }
  const to = resolved.value;
  const direction = strictestDirection(rule, from, to, facts.running);
  const needed = approvalsNeeded(rule, direction);
  if (needed === null) return { ok: false, refusal: { why: 'unlimited-not-allowed', rule } };
  const outside = checkRate(rule, to);
  if (outside) return { ok: false, refusal: { why: 'rate-outside', rule, to, ...outside } };
  const tooFew = approversRefusal(rule, needed, command, groups);
  if (tooFew) return { ok: false, refusal: tooFew };
  const detail: RequestedDetail = {
    taskName: execution.taskName,
    mode: execution.mode,
    direction,
    duration: command.durationSeconds,
    approvals: needed,
    expiresAt: expiryOf(facts.now, rule, command.endsAt ?? null),
    ...(command.endsAt === undefined ? {} : { until: command.endsAt }),
    ...(undoes ? { undoes: undoes.request } : {}),
  };
  return { ok: true, event: requestedEvent(command, facts, id, { from, to, detail }), proposal: { from, to, detail } };
}

/** When what waits is over: a limit that is to end by then is of no use after it. */
export function expiryOf(now: Date, rule: Rule, until: string | null): string {
  const expiry = new Date(now.getTime() + rule.expiresInSeconds * 1000).toISOString();
  return until !== null && until < expiry ? until : expiry;
}

/**
 * By the rate in force; and where its time runs, by the rate that it would go back to as well: else a raise for an hour,
 * once agreed, could be made one for good by asking for a little less.
 */
function strictestDirection(rule: Rule, from: number, to: number, running: ThrottleRequest | null): Direction {
  const now = directionOf(from, to);
  if (!running || !isHeld(running) || running.to !== from || running.hold.base === to) return now;
  const then = directionOf(running.hold.base, to);
  const needs = (direction: Direction) => approvalsNeeded(rule, direction) ?? Number.POSITIVE_INFINITY;
  return needs(then) > needs(now) ? then : now;
}

/** Could this many agree at all? */
export function approversRefusal(
  rule: Rule,
  needed: number,
  { requester }: Pick<AskCommand, 'requester'>,
  groups: Groups,
): AskRefusal | null {
  const possible = possibleApprovers(rule, requester, groups);
  if (needed > 0 && possible.unknown) return groupsUnknown(rule, groups);
  if (possible.users.length >= needed) return null;
  return { why: 'too-few-approvers', rule, needed, possible: possible.users.length };
}

export function requestedEvent(
  command: AskCommand,
  facts: { rule: Rule; inForce: PolicyInForce; execution: TaskExecution },
  id: string,
  { from, to, detail }: Proposal,
): AuditEvent {
  return {
    ...about(command),
    event: 'requested',
    request: id,
    version: 1,
    from,
    to,
    rule: facts.rule.name,
    policy: facts.inForce.digest,
    aws: { requestId: facts.execution.requestId },
    detail: { ...detail },
  };
}

/** The record of a refusal, where the policy refused; null where there is nothing to record. */
export function refusedEvent(
  command: AskCommand,
  refusal: AskRefusal,
  facts: { rule: Rule | null; inForce: PolicyInForce; from: number | null; to: number | null },
): AuditEvent | null {
  if (!isByPolicy(refusal)) return null;
  const { rate } = command;
  return {
    ...about(command),
    event: 'refused',
    request: null,
    version: null,
    from: facts.from,
    to: facts.to ?? (rate.kind === 'absolute' ? rate.bytesPerSecond : null),
    rule: facts.rule?.name ?? null,
    policy: facts.inForce.digest,
    aws: null,
    detail: {
      why: refusal.why,
      ...(refusal.why === 'may-not-ask' ? { denial: refusal.denial } : {}),
      ...(rate.kind === 'percent' ? { percent: rate.percent } : {}),
      ...(command.durationSeconds === null ? {} : { duration: command.durationSeconds }),
      ...(command.endsAt === undefined ? {} : { until: command.endsAt }),
      ...(command.undoes ? { undoes: command.undoes.request } : {}),
    },
  };
}

function about(command: AskCommand) {
  const { requester, execution } = command;
  return {
    actor: { team: requester.team, user: requester.user, name: requester.name },
    channel: command.channel,
    execution: execution.arn,
    account: execution.account,
    region: execution.region,
    reason: command.reason,
  };
}
