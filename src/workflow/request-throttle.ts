import { type AskCommand, rulesFor, targetOf } from '../domain/ask-command.ts';
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Proposal } from '../domain/decide-by-each.ts';
import { decideExtension } from '../domain/decide-extend.ts';
import { admit, decideRequest, refusedEvent, rulesElsewhere } from '../domain/decide-request.ts';
import { rulesNow } from '../domain/decide-review.ts';
import { knownPolicies, type PolicyInForce } from '../domain/policies-in-force.ts';
import {
  distinct,
  type Groups,
  groupsOf,
  type People as KnownPeople,
  matchRule,
  type Person,
  type Rule,
} from '../domain/policy.ts';
import type { AskRefusal } from '../domain/refusal.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { resolveUntil, type UntilTime } from '../domain/until.ts';
import { lookUpApprovers, lookUpPeople } from './known-people.ts';
import { type Claim, inPlace, type PlaceDeps, placeLeft, recordOpenLimit } from './open-places.ts';
import type {
  Channels,
  Clock,
  EffectKind,
  Executions,
  Ledger,
  People,
  PolicySource,
  Postable,
  RecordRef,
} from './ports.ts';
import { reminderTimers } from './remind-approvers.ts';
import { groupsOfAll, partiesOf } from './request-facts.ts';

export interface RequestThrottleDeps extends PlaceDeps {
  ledger: Ledger;
  executions: Executions;
  people: People;
  channels: Channels;
  policy: PolicySource;
  clock: Clock;
  newRequestId: () => string;
}

/** What somebody asks for; who they are is looked up. */
export type Ask = Omit<AskCommand, 'requester' | 'endsAt'> & {
  user: string;
  /** On the requester's own clock. */
  until?: UntilTime | null;
  op: string;
  /** The request whose time it is to lengthen: no rate is asked for. */
  extend?: ThrottleRequest;
};

export type Asked =
  | { kind: 'asked'; request: ThrottleRequest; record: RecordRef }
  /** `other`: the digest of the policy that refused, where it is not this bot's own. */
  | { kind: 'refused'; refusal: AskRefusal; rule: Rule | null; other?: string }
  /** The bot can't speak in that channel, so nobody would see the request. */
  | { kind: 'cannot-post'; why: Exclude<Postable, 'yes' | 'shared'> }
  /** The same click or command again: what it did the first time stands. */
  | { kind: 'repeated'; request: string | null };

interface Considered {
  command: AskCommand;
  inForce: PolicyInForce;
  /** The rate in force, where the execution was seen. */
  from: number | null;
  /** The look that it rests on; null where it did not come to that. */
  execution: TaskExecution | null;
  /** The request whose limit stands on the execution, where it was looked up. */
  running: ThrottleRequest | null;
  outcome: { kind: 'proposed'; rule: Rule; event: AuditEvent; proposal: Proposal } | NotAsked;
}

type NotAsked = Extract<Asked, { kind: 'refused' | 'cannot-post' }>;

/**
 * Asks for a throttle: policy, execution, policy again with the rate in force, then one write.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function requestThrottle(deps: RequestThrottleDeps, ask: Ask): Promise<Asked> {
  const done = await deps.ledger.done(ask.op);
  if (done) return { kind: 'repeated', request: done.request };
  const id = deps.newRequestId();
  return inPlace(
    deps,
    id,
    (claim) => askInPlace(deps, ask, { id, claim }),
    ({ kind }) => kind === 'asked',
  );
}

async function askInPlace(deps: RequestThrottleDeps, ask: Ask, as: { id: string; claim: Claim }): Promise<Asked> {
  const { command, inForce, outcome, from } = await consider(deps, ask, as);
  if (outcome.kind === 'cannot-post') return outcome;
  if (outcome.kind === 'refused') return refuse(deps, ask.op, command, inForce, outcome, from);
  const { event, proposal, rule } = outcome;
  const effects: EffectKind[] = proposal.detail.approvals === 0 ? ['show', 'apply'] : ['show'];
  const committed = await deps.ledger.commit({
    op: ask.op,
    prior: null,
    events: [event],
    effects,
    timers: [
      { kind: 'expire', at: new Date(proposal.detail.expiresAt) },
      ...reminderTimers(rule, { ...proposal.detail, requestedAt: deps.clock.now() }),
    ],
  });
  switch (committed.kind) {
    case 'committed': {
      const [record] = committed.records;
      if (!committed.state || !record) throw new Error('a request was committed without its state');
      return { kind: 'asked', request: committed.state, record };
    }
    case 'repeated':
      return { kind: 'repeated', request: committed.request };
    case 'already-open':
      return { kind: 'refused', refusal: { why: 'already-open', request: committed.request }, rule };
    case 'moved':
      throw new Error('a new request id was taken');
  }
}

/** What would come of asking. */
export type Previewed =
  | {
      kind: 'would-ask';
      rule: Rule;
      proposal: Proposal;
      execution: TaskExecution;
      /** The request whose limit stands on the execution. */
      running: ThrottleRequest | null;
    }
  | NotAsked;

/** So that a rule which needs a reason says all the rest too; it is recorded nowhere. */
const SOME_REASON = 'a reason';

/**
 * The same question, and nothing of it recorded, a refusal neither.
 * @throws AwsFault, PersonUnknown, NotRecorded
 */
export async function previewThrottle(deps: RequestThrottleDeps, ask: Omit<Ask, 'op'>): Promise<Previewed> {
  const as = { id: deps.newRequestId(), claim: placeLeft(deps) };
  const { outcome, execution, running } = await consider(deps, { ...ask, reason: ask.reason ?? SOME_REASON }, as);
  if (outcome.kind !== 'proposed') return outcome;
  if (!execution) throw new Error('proposed without a look');
  return { kind: 'would-ask', rule: outcome.rule, proposal: outcome.proposal, execution, running };
}

async function consider(
  deps: RequestThrottleDeps,
  ask: Omit<Ask, 'op'>,
  { id, claim }: { id: string; claim: Claim },
): Promise<Considered> {
  const inForce = await deps.policy.counting();
  const { user, extend, until, ...rest } = ask;
  const requester: Person = await deps.people.person(user);
  const asked: AskCommand = { ...rest, requester };
  const end = until ? resolveUntil(until, { zone: requester.zone ?? null, now: deps.clock.now() }) : null;
  const command = end?.ok ? endingAt(asked, end.value, deps.clock.now()) : asked;
  const admitted = await deps.people.groups(groupsToAdmit(inForce, ask));
  const admission = admit(command, inForce, admitted);
  const refused = (
    { refusal, other }: { refusal: AskRefusal; other?: string },
    rule: Rule | null,
    from: number | null = null,
  ): Considered => ({
    command,
    inForce,
    from,
    execution: null,
    running: null,
    outcome: { kind: 'refused', refusal, rule, ...(other === undefined ? {} : { other }) },
  });
  if (!admission.ok) return refused(admission, admission.rule);
  const { rule } = admission;
  if (end && !end.ok) return refused({ refusal: { why: 'until', problem: end.problem } }, rule);
  const [postable, open, standing] = await Promise.all([
    deps.channels.postable(ask.channel),
    deps.ledger.openRequestOf(ask.execution.arn),
    deps.ledger.inForceOf(ask.execution.arn),
  ]);
  const rules = rulesFor(targetOf(ask), inForce);
  if (postable === 'shared' && !rules.every((one) => one?.shared)) {
    return refused({ refusal: { why: 'shared-channel', rule } }, rule);
  }
  if (postable !== 'yes' && postable !== 'shared') {
    return {
      command,
      inForce,
      from: null,
      execution: null,
      running: null,
      outcome: { kind: 'cannot-post', why: postable },
    };
  }
  if (open) return refused({ refusal: { why: 'already-open', request: open } }, rule);
  const full = await claim(requester, inForce);
  if (full) return refused(full, rule);
  const running = standing ? ((await deps.ledger.load(standing.request))?.request ?? null) : null;
  const groups = await deps.people.groups(groupsOfAll([...rules, ...(running ? rulesNow(running, inForce) : [])]));
  const [people, execution] = await Promise.all([
    peopleToWeigh(deps, { rules, requester, groups, running }),
    deps.executions.describe(ask.execution, { role: rule.role, session: { kind: 'read' } }),
  ]);
  const from = execution.bytesPerSecond;
  const facts = { rule, inForce, groups, people, execution, running, now: deps.clock.now() };
  const decision = extend
    ? decideExtension({ ...command, durationSeconds: command.durationSeconds ?? 0 }, extend, facts, id)
    : decideRequest(command, facts, id);
  if (!decision.ok) return refused(decision, rule, from);
  const { event, proposal } = decision;
  return { command, inForce, from, execution, running, outcome: { kind: 'proposed', rule, event, proposal } };
}

function endingAt(command: AskCommand, end: Date, now: Date): AskCommand {
  const seconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  return { ...command, endsAt: end.toISOString(), durationSeconds: seconds };
}

/** Without a rule for this channel, its answer names others only to those who may request there, or see all. */
function groupsToAdmit(inForce: PolicyInForce, ask: Parameters<typeof targetOf>[0]): string[] {
  const target = targetOf(ask);
  const named = knownPolicies(inForce).flatMap(({ policy }) => {
    const rule = matchRule(policy, target);
    return rule ? groupsOf(rule) : [...groupsOf(policy.viewers), ...groupsOfAll(rulesElsewhere(policy, target))];
  });
  return distinct(named);
}

/**
 * The approvers by each rule, as many as it takes to know whether there are enough, and whoever requested or approved the
 * limit that runs. Where several rules count, one's first few may be none of another's: then more are looked up.
 */
async function peopleToWeigh(
  { people }: Pick<RequestThrottleDeps, 'people'>,
  of: { rules: readonly (Rule | null)[]; requester: Person; groups: Groups; running: ThrottleRequest | null },
): Promise<KnownPeople> {
  const { rules, requester, groups, running } = of;
  const approvers = rules.flatMap((rule) => {
    if (rule === null) return [];
    const most = Math.max(...Object.values(rule.approvals).map((needed) => needed ?? 0));
    const enough = rules.length > 1 ? Number.POSITIVE_INFINITY : most;
    return [lookUpApprovers(people, rule, requester, { groups, enough })];
  });
  const parties = lookUpPeople(people, running ? partiesOf(running) : []);
  const found = await Promise.all([...approvers, parties]);
  return new Map(found.flatMap((some) => [...some]));
}

async function refuse(
  deps: RequestThrottleDeps,
  op: string,
  command: AskCommand,
  inForce: PolicyInForce,
  outcome: Extract<Asked, { kind: 'refused' }>,
  from: number | null,
): Promise<Asked> {
  const { refusal, rule, other } = outcome;
  const to = refusal.why === 'rate-outside' ? refusal.to : null;
  const event = refusedEvent(command, refusal, { rule, inForce, from, to, ...(other === undefined ? {} : { other }) });
  const record = event && (() => deps.ledger.commit({ op, prior: null, events: [event] }));
  if (record) await (refusal.why === 'limit' ? recordOpenLimit(deps, command.requester, record) : record());
  return outcome;
}
