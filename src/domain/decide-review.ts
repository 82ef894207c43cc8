import type { Actor, AuditEvent } from './audit-event.ts';
import { expiryOf, type PolicyInForce } from './decide-request.ts';
import {
  approvalsNeeded,
  checkRate,
  type Groups,
  matchRule,
  mayAsk,
  mayDecide,
  type Person,
  type Rule,
} from './policy.ts';
import { type DecisionRefusal, groupsUnknown } from './refusal.ts';
import { isUpdatable, parseExecutionArn, type TaskExecution } from './task-execution.ts';
import { isOpen, type StaleWhy, type ThrottleRequest } from './throttle-request.ts';

export interface ReviewCommand {
  by: Person;
  decision: 'approve' | 'deny';
  comment: string | null;
}

/** `execution` null: a denial needs no facts from AWS. `people`: those who asked and approved, as Slack knows them now. */
export interface ReviewFacts {
  inForce: PolicyInForce;
  groups: Groups;
  people: ReadonlyMap<string, Person>;
  execution: TaskExecution | null;
  now: Date;
}

export type Decision<R = DecisionRefusal> =
  | { ok: true; events: AuditEvent[] }
  | { ok: false; refusal: R; events: AuditEvent[] };

/** The rule that governs an open request now: matched anew, since the policy may have changed. */
export function ruleNow(request: ThrottleRequest, inForce: PolicyInForce): Rule | null {
  const arn = parseExecutionArn(request.execution);
  if (!arn.ok) return null;
  const { account, region, taskId } = arn.value;
  return matchRule(inForce.policy, { account, region, task: taskId, channel: request.channel });
}

/**
 * May this person decide now? No events: yes. A refusal is on record too, but for those that say "not now". A request
 * whose time is over, or (where the execution was looked at) that no longer holds, ends: `expired`, `apply.stale`.
 * One approval a person; but where the policy has come to need no more than there are, nothing but a click completes it, and
 * whoever has approved may do that too.
 */
export function decideOpen(request: ThrottleRequest, by: Person, facts: ReviewFacts): Decision {
  if (request.status !== 'pending') return refuse(request, by, { why: 'not-open', status: request.status }, facts);
  const expired = decideExpire(request, facts.now, facts.inForce);
  if (expired.length > 0) return { ok: true, events: expired };
  const rule = ruleNow(request, facts.inForce);
  if (!rule) return { ok: true, events: [staleEvent(request, 'policy', facts, null)] };
  const may = mayDecide(rule, by, request.requester, facts.groups);
  if (!may.allowed) {
    if (may.why === 'unknown-groups') return { ok: false, refusal: groupsUnknown(rule, facts.groups), events: [] };
    return refuse(request, by, { why: 'may-not-decide', denial: may.why, rule }, facts);
  }
  if (hasApproved(request, by) && request.approvals.length < (approvalsNeeded(rule, request.direction) ?? 0)) {
    return refuse(request, by, { why: 'decided-already' }, facts);
  }
  if (!facts.execution) return { ok: true, events: [] };
  const standing = standingOf(request, facts);
  if (standing.kind === 'unknown') return { ok: false, refusal: groupsUnknown(rule, facts.groups), events: [] };
  if (standing.kind === 'stale') {
    return { ok: true, events: [staleEvent(request, standing.why, facts, standing.rate)] };
  }
  return { ok: true, events: [] };
}

/** Approve or deny, by what holds now. An approval needs the execution looked at. */
export function decideReview(request: ThrottleRequest, command: ReviewCommand, facts: ReviewFacts): Decision {
  const may = decideOpen(request, command.by, facts);
  if (!may.ok || may.events.length > 0) return may;
  if (command.decision === 'deny') return deny(request, command, facts);
  const rule = ruleNow(request, facts.inForce);
  const needed = rule && approvalsNeeded(rule, request.direction);
  if (!facts.execution || !rule || needed === null) throw new Error(`${request.id}: approved without its facts`);
  return { ok: true, events: [approvedEvent(request, command, rule, needed, facts)] };
}

function deny(request: ThrottleRequest, command: ReviewCommand, facts: ReviewFacts): Decision {
  if (!command.comment) return { ok: false, refusal: { why: 'comment-required' }, events: [] };
  const event = stateEvent(request, 'denied', actor(command.by), facts.inForce.digest);
  return { ok: true, events: [{ ...event, detail: { comment: command.comment } }] };
}

function approvedEvent(
  request: ThrottleRequest,
  command: ReviewCommand,
  rule: Rule,
  needed: number,
  facts: ReviewFacts,
) {
  const count = request.approvals.length + (hasApproved(request, command.by) ? 0 : 1);
  const complete = count >= needed;
  const expiresAt = complete ? expiryOf(facts.now, rule, request.until ?? null) : request.expiresAt;
  return {
    ...stateEvent(request, 'approved', actor(command.by), facts.inForce.digest),
    rule: rule.name,
    detail: { comment: command.comment, count, needed, complete, expiresAt },
  };
}

export type Standing =
  | { kind: 'stands'; rule: Rule; needed: number }
  | { kind: 'stale'; why: StaleWhy; rate: number | null }
  | { kind: 'unknown' };

/**
 * Does what was agreed so far still hold: the rule, who asked, who approved, the rate that it was asked on,
 * the execution's status? `unknown`: Slack can't say who is in a group, so nobody is let through.
 */
export function standingOf(request: ThrottleRequest, facts: Omit<ReviewFacts, 'now'>): Standing {
  const rule = ruleNow(request, facts.inForce);
  const needed = rule && approvalsNeeded(rule, request.direction);
  if (!rule || needed === null || checkRate(rule, request.to)) return { kind: 'stale', why: 'policy', rate: null };
  const seconds = request.extends?.totalSeconds ?? request.durationSeconds;
  if (seconds !== null && seconds > (rule.maxDurationSeconds ?? Number.POSITIVE_INFINITY))
    return { kind: 'stale', why: 'policy', rate: null };
  const asked = standsFor(facts.people.get(request.requester.user), (person) => mayAsk(rule, person, facts.groups));
  const approved = request.approvals.map(({ by }) =>
    standsFor(facts.people.get(by.user), (person) => mayDecide(rule, person, request.requester, facts.groups)),
  );
  if ([asked, ...approved].includes('no')) return { kind: 'stale', why: 'policy', rate: null };
  if ([asked, ...approved].includes('unknown')) return { kind: 'unknown' };
  const { execution } = facts;
  if (execution && !isUpdatable(execution.status))
    return { kind: 'stale', why: 'status', rate: execution.bytesPerSecond };
  if (execution && execution.bytesPerSecond !== request.from) {
    return { kind: 'stale', why: 'rate', rate: execution.bytesPerSecond };
  }
  return { kind: 'stands', rule, needed };
}

type Permission = { allowed: true } | { allowed: false; why: string };

function standsFor(person: Person | undefined, may: (person: Person) => Permission): 'yes' | 'no' | 'unknown' {
  if (!person) return 'unknown';
  const answer = may(person);
  if (answer.allowed) return 'yes';
  return answer.why === 'unknown-groups' ? 'unknown' : 'no';
}

/** The requester takes it back, while it is not yet under way. */
export function decideCancel(request: ThrottleRequest, by: Person, inForce: PolicyInForce): Decision {
  const facts = { inForce };
  if (!samePerson(request.requester, by)) {
    return refuse(request, by, { why: 'not-the-requester', requester: request.requester.user }, facts);
  }
  if (!isOpen(request)) return refuse(request, by, { why: 'not-open', status: request.status }, facts);
  if (request.status === 'applying') return refuse(request, by, { why: 'under-way' }, facts);
  return { ok: true, events: [{ ...stateEvent(request, 'cancelled', actor(by), inForce.digest), detail: null }] };
}

/** Its time is over: undecided, or agreed and still not begun. Otherwise nothing happens. */
export function decideExpire(request: ThrottleRequest, now: Date, inForce: PolicyInForce): AuditEvent[] {
  const waiting = request.status === 'pending' || request.status === 'approved';
  if (!waiting || now.getTime() < Date.parse(request.expiresAt)) return [];
  return [{ ...stateEvent(request, 'expired', null, inForce.digest), detail: { was: request.status } }];
}

/** An event that changes this request's state: the next version. */
export function stateEvent(
  request: ThrottleRequest,
  event: AuditEvent['event'],
  by: Actor | null,
  policy: string,
): AuditEvent {
  return { ...aboutRequest(request, by, policy), event, version: request.version + 1 };
}

export function staleEvent(
  request: ThrottleRequest,
  why: StaleWhy,
  facts: { inForce: { digest: string }; execution: TaskExecution | null },
  rate: number | null,
): AuditEvent {
  return {
    ...stateEvent(request, 'apply.stale', null, facts.inForce.digest),
    aws: facts.execution ? { requestId: facts.execution.requestId } : null,
    detail: { why, rate, ...(facts.execution ? { status: facts.execution.status } : {}) },
  };
}

function refuse(
  request: ThrottleRequest,
  by: Person,
  refusal: DecisionRefusal,
  { inForce }: Pick<ReviewFacts, 'inForce'>,
): Decision {
  const event: AuditEvent = {
    ...aboutRequest(request, actor(by), inForce.digest),
    event: 'decision.refused',
    version: request.version,
    detail: { why: refusal.why, ...(refusal.why === 'may-not-decide' ? { denial: refusal.denial } : {}) },
  };
  return { ok: false, refusal, events: [event] };
}

function aboutRequest(request: ThrottleRequest, by: Actor | null, policy: string): AuditEvent {
  const { channel, execution, account, region, from, to, reason, rule } = request;
  const about = { request: request.id, actor: by, channel, execution, account, region, from, to, reason, rule, policy };
  return { ...about, event: 'decision.refused', version: request.version, aws: null, detail: null };
}

function actor({ team, user, name }: Person): Actor {
  return { team, user, name };
}

function hasApproved(request: ThrottleRequest, by: Person): boolean {
  return request.approvals.some((approval) => samePerson(approval.by, by));
}

/** By the user id alone, as `mayDecide`: one id is one person, under whatever team Slack names it. */
export function samePerson(a: { user: string }, b: { user: string }): boolean {
  return a.user === b.user;
}
