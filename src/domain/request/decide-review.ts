import type { AuditEvent, EventOf } from '../audit/audit-event.ts';
import { parseExecutionArn } from '../execution/task-execution.ts';
import {
  countedPolicies,
  hasUnreadable,
  knownPolicies,
  type OnePolicy,
  otherThan,
  type PolicyInForce,
  strictest,
  underEach,
} from '../policy/policies-in-force.ts';
import { known, matchRule, type People, type Person, type Rule, samePerson } from '../policy/policy.ts';
import type { Exceeded } from '../run/exceeded.ts';
import {
  type Circumstances,
  type MayDecide,
  mayDecideUnder,
  type Under,
  type ValidApproval,
  type ValidityUnder,
  validityUnder,
  weightUnder,
} from './approval-validity.ts';
import { expiryOf } from './decide-by-each.ts';
import { decideExpire } from './decide-expire.ts';
import { type DecisionRefusal, groupsUnknown } from './refusal.ts';
import { actorOf, decisionRefusedEvent, staleEvent, stateEvent } from './request-event.ts';
import type { ThrottleRequest } from './throttle-request.ts';

export interface ReviewCommand {
  by: Person;
  decision: 'approve' | 'deny';
  comment: string | null;
}

/** `execution` null: not read. A denial does not need it. */
export interface ReviewFacts extends Circumstances {
  inForce: PolicyInForce;
}

/** `other`: the digest of the policy that refused, if it is not this bot's own. */
export type Decision<R = DecisionRefusal> =
  | { ok: true; events: AuditEvent[] }
  | { ok: false; refusal: R; events: AuditEvent[]; other?: string };

/** The rule that applies to an open request now. It is matched again, because the policy may have changed. */
export function ruleNow(request: ThrottleRequest, { policy }: Pick<OnePolicy, 'policy'>): Rule | null {
  const arn = parseExecutionArn(request.execution);
  if (!arn.ok) return null;
  const { account, region, taskId } = arn.value;
  return matchRule(policy, { account, region, task: taskId, channel: request.channel });
}

/** The rule of each applicable policy, the bot's own first; null if a policy has none. */
export function rulesNow(request: ThrottleRequest, inForce: PolicyInForce): (Rule | null)[] {
  return knownPolicies(inForce).map((one) => ruleNow(request, one));
}

/**
 * Whether this person may decide now; no events: yes. Refusals are recorded, except temporary ones. If the request has
 * expired or (if the execution was read) is no longer valid, it ends: `expired`, `apply.stale`. A person approves once.
 * But if the policy has changed and the existing approvals are now enough, one more click completes the request, and
 * even a person who has approved may make it.
 */
export function decideOpen(request: ThrottleRequest, by: Person, facts: ReviewFacts): Decision {
  const { inForce, people } = facts;
  if (by.kind !== 'member') return refuse(request, by, { why: 'not-a-member', kind: by.kind }, inForce);
  if (request.status !== 'pending') return refuse(request, by, { why: 'not-open', status: request.status }, inForce);
  const expired = decideExpire(request, facts.now, inForce);
  if (expired.length > 0) return { ok: true, events: expired };
  const may = underEach(
    inForce,
    (one) => mayDecideUnder(request, by, under(request, one), facts),
    ({ kind }) => MAY_NOT[kind],
  );
  if (may.kind === 'no-rule') return { ok: true, events: [staleEvent(request, 'policy', facts, null, may.digest)] };
  if (may.kind === 'unknown') return notNow(groupsUnknown(may.rule, facts.groups), inForce, may.digest);
  if (may.kind === 'may-not') {
    return refuse(request, by, { why: 'may-not-decide', denial: may.denial, rule: may.rule }, inForce, may.digest);
  }
  if (hasApproved(request, by, people) && approvalsOf(request, people) < (neededNow(request, facts) ?? 0)) {
    return refuse(request, by, { why: 'decided-already' }, inForce);
  }
  if (!facts.execution) return { ok: true, events: [] };
  const validity = approvalValidity(request, facts);
  if (validity.kind === 'unknown') return notNow(groupsUnknown(validity.rule, facts.groups), inForce, validity.digest);
  if (validity.kind === 'stale') {
    return { ok: true, events: [staleEvent(request, validity.why, facts, validity.rate, validity.digest)] };
  }
  return { ok: true, events: [] };
}

const MAY_NOT: Readonly<Record<MayDecide['kind'], number>> = { may: 0, unknown: 1, 'may-not': 2, 'no-rule': 3 };

function under(request: ThrottleRequest, one: OnePolicy): Under {
  return { digest: one.digest, rule: ruleNow(request, one) };
}

/**
 * Whether the request and its approvals are still valid: the strictest answer of the applicable policies.
 * `policies-differ`: a bot runs with a policy that can't be read, and this request does more than lower the limit.
 */
export function approvalValidity(request: ThrottleRequest, facts: ReviewFacts): ApprovalValidity {
  const { inForce } = facts;
  const answers = knownPolicies(inForce).map((one) => validityUnder(request, under(request, one), facts));
  const [own, ...others] = answers as [ValidityUnder, ...ValidityUnder[]];
  const found = strictest([own, ...others], (answer) => (answer.kind === 'valid' ? answer.needed : LESS[answer.kind]));
  if (found.kind !== 'valid') return found;
  const lowers = answers.every((answer) => answer.kind === 'valid' && answer.lowers);
  if (hasUnreadable(inForce) && !lowers) return { kind: 'policies-differ' };
  const times = answers.map((answer) => (answer.kind === 'valid' ? answer.expiresInSeconds : 0));
  return { ...found, expiresInSeconds: Math.min(...times) };
}

export type ApprovalValidity = ValidityUnder | { kind: 'policies-differ' };

const LESS = { unknown: Number.MAX_SAFE_INTEGER, stale: Number.POSITIVE_INFINITY } as const;

/** How many approvals it needs under the strictest applicable policy; null if one does not allow it. */
export function neededNow(
  request: ThrottleRequest,
  facts: Pick<ReviewFacts, 'inForce' | 'run' | 'now'>,
): number | null {
  return underEach(
    facts.inForce,
    (one) => weightUnder(request, under(request, one), facts)?.needed ?? null,
    (needed) => needed ?? Number.POSITIVE_INFINITY,
  );
}

/** The lower limit that it exceeds later, under any applicable policy; null if it does not. */
export function exceededNow(request: ThrottleRequest, facts: ReviewFacts): Exceeded | null {
  const each = knownPolicies(facts.inForce).map((one) => weightUnder(request, under(request, one), facts));
  return each.find((weight) => weight?.exceeds)?.exceeds ?? null;
}

/** Approves or denies, by the current facts. An approval needs the execution. */
export function decideReview(request: ThrottleRequest, command: ReviewCommand, facts: ReviewFacts): Decision {
  const may = decideOpen(request, command.by, facts);
  if (!may.ok || may.events.length > 0) return may;
  if (command.decision === 'deny') return deny(request, command, facts);
  const validity = approvalValidity(request, facts);
  if (validity.kind === 'policies-differ') return { ok: false, refusal: { why: 'policies-differ' }, events: [] };
  if (!facts.execution || validity.kind !== 'valid') throw new Error(`${request.id}: approved without its facts`);
  return { ok: true, events: [approvedEvent(request, command, validity, facts)] };
}

function deny(request: ThrottleRequest, command: ReviewCommand, facts: ReviewFacts): Decision {
  if (!command.comment) return { ok: false, refusal: { why: 'comment-required' }, events: [] };
  const { by, comment } = command;
  return { ok: true, events: [stateEvent(request, 'denied', actorOf(by), facts.inForce.digest, { comment })] };
}

function approvedEvent(
  request: ThrottleRequest,
  { by, comment }: ReviewCommand,
  validity: ValidApproval,
  facts: ReviewFacts,
): EventOf<'approved'> {
  const { rule, digest, needed, expiresInSeconds } = validity;
  const { people } = facts;
  const count = approvalsOf(request, people) + (hasApproved(request, by, people) ? 0 : 1);
  const complete = count >= needed;
  const expiresAt = complete ? expiryOf(facts.now, expiresInSeconds, request.until ?? null) : request.expiresAt;
  const detail = { comment, count, needed, complete, expiresAt, ...countedPolicies(facts.inForce) };
  return { ...stateEvent(request, 'approved', actorOf(by), digest, detail), rule: rule.name };
}

/** A refusal that is recorded. `digest`: of the policy that refused. */
export function refuse(
  request: ThrottleRequest,
  by: Person,
  refusal: DecisionRefusal,
  inForce: PolicyInForce,
  digest = inForce.digest,
): Decision {
  const event = decisionRefusedEvent(request, by, refusal, inForce, digest);
  return { ok: false, refusal, events: [event], ...otherThan(inForce, digest) };
}

/** A temporary refusal is not recorded, since no policy refused anything. */
function notNow(refusal: DecisionRefusal, inForce: PolicyInForce, digest: string): Decision {
  return { ok: false, refusal, events: [], ...otherThan(inForce, digest) };
}

function hasApproved({ approvals }: ThrottleRequest, by: Person, people: People): boolean {
  return approvals.some((approval) => samePerson(known(approval.by, people), by));
}

/** How many people have approved; a person who did so under two ids counts once. */
export function approvalsOf({ approvals }: Pick<ThrottleRequest, 'approvals'>, people: People): number {
  const by = approvals.map((approval) => known(approval.by, people));
  return by.filter((one, nth) => by.findIndex((other) => samePerson(one, other)) === nth).length;
}
