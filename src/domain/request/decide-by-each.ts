import type { EventOf } from '../audit/audit-event.ts';
import type { RequestedDetail } from '../audit/request-details.ts';
import type { TaskExecution } from '../execution/task-execution.ts';
import {
  countedPolicies,
  hasUnreadable,
  knownPolicies,
  type OnePolicy,
  otherThan,
  type PolicyInForce,
  strictest,
} from '../policy/policies-in-force.ts';
import {
  type Groups,
  matchRule,
  type People,
  type Person,
  type Policy,
  type Rule,
  samePerson,
} from '../policy/policy.ts';
import { possibleApprovers } from '../policy/possible-approvers.ts';
import type { Run } from '../run/run.ts';
import { groupsUnknown, type RequestRefusal } from './refusal.ts';
import { about, type RequestCommand, targetOf } from './request-command.ts';

/** The request that would be made: shown in the preview, recorded by the submit. */
export interface Proposal {
  from: number;
  to: number;
  detail: RequestedDetail;
}

/** `other`: the digest of the policy that refused, where it is not this bot's own. */
export type RequestDecision =
  | { ok: true; event: EventOf<'requested'>; proposal: Proposal }
  | { ok: false; refusal: RequestRefusal; other?: string };

export interface RequestFacts {
  /** Of this bot's own policy. */
  rule: Rule;
  inForce: PolicyInForce;
  groups: Groups;
  /** As many of the rules' approvers as it takes to know whether there are enough. */
  people: People;
  execution: TaskExecution;
  /** Null: the bot has not changed its limit. */
  run: Run | null;
  now: Date;
}

/** The answer of one policy. */
export type Proposed =
  | { ok: false; refusal: RequestRefusal }
  | ({
      ok: true;
      needed: number;
      lowers: boolean;
      more: Pick<RequestedDetail, 'extends' | 'undoes' | 'exceeds' | 'until'>;
    } & Pick<Proposal, 'from' | 'to'> &
      Pick<RequestedDetail, 'direction'>);

/**
 * Evaluates each applicable policy. A refusal by one is a refusal. Otherwise the highest number of approvals is needed,
 * from people who may approve under all of them, and the shortest expiry applies.
 */
export function decideByEach(
  command: RequestCommand,
  facts: RequestFacts,
  id: string,
  propose: (by: { rule: Rule; policy: Policy }) => Proposed,
): RequestDecision {
  const { inForce, execution } = facts;
  const [own, ...others] = knownPolicies(inForce);
  const target = targetOf(command);
  const under = ({ policy, digest }: OnePolicy, rule: Rule | null) => {
    const { account, region } = target;
    const noRule: Proposed = { ok: false, refusal: { why: 'no-rule', account, region, elsewhere: [] } };
    return { rule, digest, made: rule ? propose({ rule, policy }) : noRule };
  };
  const each = [under(own, facts.rule), ...others.map((one) => under(one, matchRule(one.policy, target)))] as const;
  const { made, digest, rule } = strictest([each[0], ...each.slice(1)], ({ made }) =>
    made.ok ? made.needed : Number.POSITIVE_INFINITY,
  );
  if (!made.ok) return { ok: false, refusal: made.refusal, ...otherThan(inForce, digest) };
  const lowers = each.every(({ made }) => made.ok && made.lowers);
  if (hasUnreadable(inForce) && !lowers) return { ok: false, refusal: { why: 'policies-differ' } };
  const rules = each.flatMap((one) => one.rule ?? []);
  const tooFew = approversRefusal(rules, made.needed, command, facts);
  if (tooFew) return { ok: false, refusal: tooFew };
  const { from, to, direction, needed, more } = made;
  const waits = Math.min(...rules.map(({ expiresInSeconds }) => expiresInSeconds));
  const detail: RequestedDetail = {
    taskName: execution.taskName,
    mode: execution.mode,
    direction,
    duration: command.durationSeconds,
    approvals: needed,
    expiresAt: expiryOf(facts.now, waits, command.endsAt ?? null),
    ...more,
    ...countedPolicies(inForce),
  };
  const proposal = { from, to, detail };
  const event = requestedEvent(
    command,
    { rule: rule?.name ?? facts.rule.name, policy: digest, execution },
    id,
    proposal,
  );
  return { ok: true, event, proposal };
}

/**
 * When a request that may wait this long expires: at the latest when its limit would end, since it is of no use after
 * that.
 */
export function expiryOf(now: Date, seconds: number, until: string | null): string {
  const expiry = new Date(now.getTime() + seconds * 1000).toISOString();
  return until !== null && until < expiry ? until : expiry;
}

/** Checks that there are enough possible approvers, who must count under each of the rules. */
export function approversRefusal(
  rules: readonly Rule[],
  needed: number,
  { requester }: Pick<RequestCommand, 'requester'>,
  { groups, people: known }: Pick<RequestFacts, 'groups' | 'people'>,
): RequestRefusal | null {
  const possible = rules.map((rule) => ({ rule, ...possibleApprovers(rule, requester, groups, known) }));
  const doubtful = possible.find(({ unknownGroups }) => unknownGroups);
  if (needed > 0 && doubtful) return groupsUnknown(doubtful.rule, groups);
  const fewest = possible.toSorted((one, other) => one.people.length - other.people.length)[0];
  const byAll = (person: Person) => possible.every(({ people }) => people.some((one) => samePerson(one, person)));
  const count = fewest?.people.filter(byAll).length ?? 0;
  if (!fewest || count >= needed) return null;
  const unknown = possible.find(({ unknownPeople }) => unknownPeople);
  if (unknown) return { why: 'approvers-unknown', rule: unknown.rule };
  return { why: 'too-few-approvers', rule: fewest.rule, needed, possible: count };
}

function requestedEvent(
  command: RequestCommand,
  facts: { rule: string; policy: string; execution: TaskExecution },
  id: string,
  { from, to, detail }: Proposal,
): EventOf<'requested'> {
  return {
    ...about(command),
    event: 'requested',
    request: id,
    version: 1,
    from,
    to,
    rule: facts.rule,
    policy: facts.policy,
    aws: { requestId: facts.execution.requestId },
    detail,
  };
}
