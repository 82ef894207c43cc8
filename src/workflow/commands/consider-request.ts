import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { knownPolicies, type PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import {
  distinct,
  type Groups,
  groupsOf,
  type People as KnownPeople,
  matchRule,
  type Person,
  type Rule,
} from '../../domain/policy/policy.ts';
import type { Proposal } from '../../domain/request/decide-by-each.ts';
import { decideExtension } from '../../domain/request/decide-extend.ts';
import { admit, decideRequest, rulesElsewhere } from '../../domain/request/decide-request.ts';
import type { RequestRefusal } from '../../domain/request/refusal.ts';
import { type RequestCommand, rulesFor, targetOf } from '../../domain/request/request-command.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Run } from '../../domain/run/run.ts';
import { resolveUntil, type UntilTime } from '../../domain/time/until.ts';
import { lookUpApprovers } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { Channels, Postable } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnswerAge, Executions } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { provenRun } from '../reconcile/proven-state.ts';
import type { ClaimQuota, QuotaDeps } from '../use-limits/open-request-quota.ts';

export interface RequestThrottleDeps extends QuotaDeps {
  ledger: Ledger;
  executions: Executions;
  people: People;
  channels: Channels;
  policy: PolicySource;
  clock: Clock;
  newRequestId: () => string;
}

/** What somebody requests; who they are is looked up. */
export type RequestInput = Omit<RequestCommand, 'requester' | 'endsAt'> & {
  user: string;
  /** The end, if it is known already. */
  endsAt?: string | undefined;
  /** In the requester's own time zone. */
  until?: UntilTime | null;
  op: string;
  /** The request that this one gives more time to: then no rate is requested. */
  extend?: ThrottleRequest;
};

export type NotRequested =
  /** `other`: the digest of the policy that refused, where it is not this bot's own. */
  | { kind: 'refused'; refusal: RequestRefusal; rule: Rule | null; other?: string }
  /** The bot can't post in that channel, so nobody would see the request. */
  | { kind: 'cannot-post'; why: Exclude<Postable, 'yes' | 'shared'> };

interface Considered {
  command: RequestCommand;
  inForce: PolicyInForce;
  /** The rate in force, if AWS was called. */
  from: number | null;
  /** The execution that a proposal rests on; null if nothing is proposed. */
  execution: TaskExecution | null;
  /** The run, if it was looked up; null: the bot has not changed it. */
  run: Run | null;
  outcome: { kind: 'proposed'; rule: Rule; event: AuditEvent; proposal: Proposal } | NotRequested;
}

/** Decides what a request comes to, and commits nothing. The checks that cost no call of AWS come first. */
export async function considerRequest(
  deps: RequestThrottleDeps,
  ask: Omit<RequestInput, 'op'>,
  { id, claim, age }: { id: string; claim: ClaimQuota; age?: AnswerAge },
): Promise<Considered> {
  const inForce = await deps.policy.counting();
  const { user, extend, until, endsAt, ...rest } = ask;
  const requester: Person = await deps.people.person(user);
  const asked: RequestCommand = { ...rest, requester };
  const end = until ? resolveUntil(until, { zone: requester.zone ?? null, now: deps.clock.now() }) : null;
  const ends = end?.ok ? end.value : endsAt === undefined ? null : new Date(endsAt);
  const command = ends ? endingAt(asked, ends, deps.clock.now()) : asked;
  const withoutAws = (outcome: NotRequested): Considered => {
    return { command, inForce, from: null, execution: null, run: null, outcome };
  };
  const refused = ({ refusal, other }: { refusal: RequestRefusal; other?: string }, rule: Rule | null): Considered =>
    withoutAws({ kind: 'refused', refusal, rule, ...(other === undefined ? {} : { other }) });
  const admission = admit(command, inForce, await deps.people.groups(groupsToAdmit(inForce, ask)));
  if (!admission.ok) return refused(admission, admission.rule);
  const { rule } = admission;
  if (end && !end.ok) return refused({ refusal: { why: 'until', problem: end.problem } }, rule);
  const [postable, open, { run }] = await Promise.all([
    deps.channels.postable(ask.channel),
    deps.ledger.openRequestOf(ask.execution.arn),
    provenRun(deps.ledger, ask.execution.arn),
  ]);
  const rules = rulesFor(targetOf(ask), inForce);
  if (postable === 'shared' && !rules.every((one) => one?.shared)) {
    return refused({ refusal: { why: 'shared-channel', rule } }, rule);
  }
  if (postable !== 'yes' && postable !== 'shared') return withoutAws({ kind: 'cannot-post', why: postable });
  if (open) return refused({ refusal: { why: 'already-open', request: open } }, rule);
  const full = await claim(requester, inForce);
  if (full) return refused(full, rule);
  const groups = await deps.people.groups(groupsOfAll(rules));
  const [people, execution] = await Promise.all([
    approversOf(deps, { rules, requester, groups }),
    deps.executions.describe(ask.execution, { role: rule.role, session: { kind: 'read' } }, age),
  ]);
  const from = execution.bytesPerSecond;
  const facts = { rule, inForce, groups, people, execution, run, now: deps.clock.now() };
  const decision = extend
    ? decideExtension({ ...command, durationSeconds: command.durationSeconds ?? 0 }, extend, facts, id)
    : decideRequest(command, facts, id);
  if (!decision.ok) return { ...refused(decision, rule), from };
  const { event, proposal } = decision;
  return { command, inForce, from, execution, run, outcome: { kind: 'proposed', rule, event, proposal } };
}

function endingAt(command: RequestCommand, end: Date, now: Date): RequestCommand {
  const seconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  return { ...command, endsAt: end.toISOString(), durationSeconds: seconds };
}

/**
 * The groups that decide whether the requester may request here at all. Where no rule is for this channel, the refusal
 * names other channels only to those who may request there or may view everything, so the groups that tell that are
 * needed too.
 */
function groupsToAdmit(inForce: PolicyInForce, ask: Parameters<typeof targetOf>[0]): string[] {
  const target = targetOf(ask);
  const named = knownPolicies(inForce).flatMap(({ policy }) => {
    const rule = matchRule(policy, target);
    return rule ? groupsOf(rule) : [...groupsOf(policy.viewers), ...groupsOfAll(rulesElsewhere(policy, target))];
  });
  return distinct(named);
}

/**
 * The approvers by each rule, as many as it takes to know whether there are enough. Where several rules count, one rule's first
 * approvers may be nobody's of another rule, so all are looked up.
 */
async function approversOf(
  { people }: Pick<RequestThrottleDeps, 'people'>,
  of: { rules: readonly (Rule | null)[]; requester: Person; groups: Groups },
): Promise<KnownPeople> {
  const { rules, requester, groups } = of;
  const approvers = rules.flatMap((rule) => {
    if (rule === null) return [];
    const most = Math.max(...Object.values(rule.approvals).map((needed) => needed ?? 0));
    const enough = rules.length > 1 ? Number.POSITIVE_INFINITY : most;
    return [lookUpApprovers(people, rule, requester, { groups, enough })];
  });
  const found = await Promise.all(approvers);
  return new Map(found.flatMap((some) => [...some]));
}
