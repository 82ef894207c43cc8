import type { EventOf } from '../audit/audit-event.ts';
import { isUpdatable } from '../execution/task-execution.ts';
import {
  countedPolicies,
  type OnePolicy,
  otherThan,
  type PolicyInForce,
  underEach,
} from '../policy/policies-in-force.ts';
import type { Groups, Person, Policy, Rule } from '../policy/policy.ts';
import { checkRate, matchRule, mayRequest, mayView } from '../policy/policy.ts';
import { resolveRate, sameAsNow } from '../rate/rate.ts';
import { cappedAt } from '../run/desired-limit.ts';
import { differs, weigh } from '../run/weigh-limit.ts';
import { decideByEach, type Proposed, type RequestDecision, type RequestFacts } from './decide-by-each.ts';
import { type ElsewhereRule, groupsUnknown, isByPolicy, type RequestRefusal } from './refusal.ts';
import { about, type RequestCommand, targetOf } from './request-command.ts';

/**
 * What the policy alone says. Checked first, so that a request that is not allowed never leads to a call of AWS.
 * `rule`: of this bot's own policy. `other`: the digest of the policy that refused, if it is not this bot's own.
 */
export type Admission =
  | { ok: true; rule: Rule }
  | { ok: false; refusal: RequestRefusal; rule: Rule | null; other?: string };

/**
 * Whether this person may make this request here at all. Needs the groups of all rules' requesters and approvers; if no
 * rule matches, those of `rulesElsewhere` and of the viewers.
 */
export function admit(command: RequestCommand, inForce: PolicyInForce, groups: Groups): Admission {
  const found = underEach(
    inForce,
    (one) => ({ ...admitUnder(command, one, groups), digest: one.digest }),
    ({ ok }) => (ok ? 0 : 1),
  );
  // If all policies allow it, the first answer is used: that of this bot's own policy.
  if (found.ok) return { ok: true, rule: found.rule };
  const { refusal, rule, digest } = found;
  return { ok: false, refusal, rule, ...otherThan(inForce, digest) };
}

function admitUnder(command: RequestCommand, { policy }: OnePolicy, groups: Groups): Admission {
  const { execution } = command;
  const { kind } = command.requester;
  if (kind !== 'member') return { ok: false, refusal: { why: 'not-a-member', kind }, rule: null };
  const target = targetOf(command);
  const rule = matchRule(policy, target);
  if (!rule) {
    const refusal: RequestRefusal = {
      why: 'no-rule',
      account: execution.account,
      region: execution.region,
      elsewhere: elsewhereFor({ policy, rules: rulesElsewhere(policy, target) }, command.requester, groups),
    };
    return { ok: false, refusal, rule: null };
  }
  const refusal = askerRefusal(rule, command, groups);
  return refusal ? { ok: false, refusal, rule } : { ok: true, rule };
}

/** The rules that would match in another channel. */
export function rulesElsewhere(policy: Policy, target: { account: string; region: string; task: string }): Rule[] {
  return policy.rules.filter((rule) => {
    const here = { ...rule, match: { ...rule.match } };
    delete here.match.channels;
    const wouldMatch = matchRule({ ...policy, rules: [here] }, { ...target, channel: '' });
    return rule.match.channels !== undefined && wouldMatch !== null;
  });
}

/** The channels of rules are named only to people who may request there or may view everything. */
export function elsewhereFor(
  { policy, rules }: { policy: Policy; rules: readonly Rule[] },
  person: Person,
  groups: Groups,
): ElsewhereRule[] {
  const views = mayView(policy, person, groups).allowed;
  return rules
    .filter((rule) => views || mayRequest(rule, person, groups).allowed)
    .map(({ name, match }) => ({ rule: name, channels: match.channels ?? [] }));
}

/** Why this person may not request under this rule; null if they may. */
export function personRefusal(rule: Rule, person: Person, groups: Groups): RequestRefusal | null {
  const may = mayRequest(rule, person, groups);
  if (may.allowed) return null;
  return may.why === 'unknown-groups' ? groupsUnknown(rule, groups) : { why: 'may-not-ask', denial: may.why, rule };
}

function askerRefusal(rule: Rule, command: RequestCommand, groups: Groups): RequestRefusal | null {
  const refusal = personRefusal(rule, command.requester, groups);
  if (refusal) return refusal;
  if (rule.reason === 'required' && !command.reason) return { why: 'reason-required', rule };
  const { durationSeconds } = command;
  if (durationSeconds !== null && rule.maxDurationSeconds !== null && durationSeconds > rule.maxDurationSeconds) {
    return { why: 'duration-too-long', rule, asked: durationSeconds, max: rule.maxDurationSeconds };
  }
  return null;
}

/** The full check: the person, the policy, and the execution as it is now. */
export function decideRequest(command: RequestCommand, facts: RequestFacts, id: string): RequestDecision {
  const { execution, run, now } = facts;
  if (!isUpdatable(execution.status)) {
    return { ok: false, refusal: { why: 'not-updatable', status: execution.status } };
  }
  const from = execution.bytesPerSecond;
  const resolved = resolveRate(command.rate, from);
  if (!resolved.ok) return { ok: false, refusal: { why: 'rate', problem: resolved.problem, current: from } };
  const to = resolved.value;
  const limit = { request: null, from, to, until: endOf(command, now) };
  // The same rate for longer is a request too: it differs from what applies without it.
  if (!differs(limit, run, now)) {
    const { link, rate: allowed } = cappedAt(run, to, now);
    if (link !== null) return { ok: false, refusal: { why: 'capped', link, to, allowed } };
    return { ok: false, refusal: { why: 'rate', problem: sameAsNow(command.rate, from), current: from } };
  }
  const { undoes } = command;
  return decideByEach(command, facts, id, ({ rule }): Proposed => {
    const { direction, needed, exceeds, lowers } = weigh(limit, { run, rule, now });
    if (needed === null) return { ok: false, refusal: { why: 'unlimited-not-allowed', rule } };
    const outside = checkRate(rule, to);
    if (outside) return { ok: false, refusal: { why: 'rate-outside', rule, to, ...outside } };
    const more = {
      ...(command.endsAt === undefined ? {} : { until: command.endsAt }),
      ...(undoes ? { undoes: undoes.request } : {}),
      ...(exceeds ? { exceeds } : {}),
    };
    return { ok: true, from, to, direction, needed, lowers, more };
  });
}

/** When the limit would end if it were set now; null: it has no end. */
function endOf({ durationSeconds, endsAt }: RequestCommand, now: Date): Date | null {
  if (endsAt !== undefined) return new Date(endsAt);
  return durationSeconds === null ? null : new Date(now.getTime() + durationSeconds * 1000);
}

/** The record of a refusal by the policy; null if there is nothing to record. */
export function refusedEvent(
  command: RequestCommand,
  refusal: RequestRefusal,
  facts: {
    rule: Rule | null;
    inForce: PolicyInForce;
    from: number | null;
    to: number | null;
    /** The digest of the policy that refused, if it is not this bot's own. */
    other?: string;
  },
): EventOf<'refused'> | null {
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
    policy: facts.other ?? facts.inForce.digest,
    aws: null,
    detail: {
      why: refusal.why,
      ...(refusal.why === 'may-not-ask' ? { denial: refusal.denial } : {}),
      ...(refusal.why === 'not-a-member' ? { denial: refusal.kind } : {}),
      ...(refusal.why === 'limit' ? { limit: refusal.limit, most: refusal.most, open: refusal.open } : {}),
      ...(rate.kind === 'percent' ? { percent: rate.percent } : {}),
      ...(command.durationSeconds === null ? {} : { duration: command.durationSeconds }),
      ...(command.endsAt === undefined ? {} : { until: command.endsAt }),
      ...(command.undoes ? { undoes: command.undoes.request } : {}),
      ...countedPolicies(facts.inForce),
    },
  };
}
