import type { Actor } from '../../audit/actor.ts';
import type { EventOf } from '../../audit/audit-event.ts';
import { knownPolicies, otherThan, type PolicyInForce, underEach } from '../../policy/policies-in-force.ts';
import type { Groups, Membership, People, Person } from '../../policy/policy.ts';
import { approvalsOf, ruleNow } from '../../request/decide-review.ts';
import { groupsUnknown, type RevertRefusal } from '../../request/refusal.ts';
import { actorOf, decisionRefusedEvent } from '../../request/request-event.ts';
import type { ThrottleRequest } from '../../request/throttle-request.ts';
import { revertEvent } from '../change/change-events.ts';
import { desiredLimit, rateOf, withoutGrant } from '../desired-limit.ts';
import { grantOf, memberOf, type Run } from '../run.ts';
import { grantsAbove, limitOfGrant, runBelow, weigh } from '../weigh-limit.ts';
import { mayRevert } from './may-revert.ts';
import { isReverting } from './timed-grant.ts';

/** The end of a grant, and of the request that it belongs to. */
export interface EarlyEnd {
  request: ThrottleRequest;
  event: EventOf<'revert.scheduled'>;
}

/** `above`: the requests that have a grant on the run, by id; at least those above the one that ends. */
interface RevertFacts {
  run: Run | null;
  above: ReadonlyMap<string, ThrottleRequest>;
  inForce: PolicyInForce;
  groups: Groups;
  people: People;
  now: Date;
}

export type RevertNowDecision =
  /** The first is the grant that was to end. The others were applied after it and have too few approvals without it. */
  | { ok: true; ends: [EarlyEnd, ...EarlyEnd[]] }
  | { ok: false; refusal: RevertRefusal; event: EventOf<'decision.refused'> | null; other?: string };

/**
 * `Revert now`: moves the end of a grant to now. What was applied before it and is not over applies again. An unreadable
 * policy never prevents it.
 */
export function decideRevertNow(request: ThrottleRequest, by: Person, facts: RevertFacts): RevertNowDecision {
  const { inForce, groups, people, run, now } = facts;
  const refused = (digest: string, refusal: RevertRefusal) =>
    decisionRefusedEvent(request, by, refusal, inForce, digest);
  if (by.kind !== 'member') {
    const refusal: RevertRefusal = { why: 'not-a-member', kind: by.kind };
    return { ok: false, refusal, event: refused(inForce.digest, refusal) };
  }
  if (!run || !isRevertible(request, run)) return { ok: false, refusal: { why: 'not-held' }, event: null };
  const { may, rule, digest } = underEach(
    inForce,
    (one) => {
      const rule = ruleNow(request, one);
      return { rule, digest: one.digest, may: mayRevert(request, by, { policy: one.policy, rule, groups, people }) };
    },
    ({ may }) => MAY_NOT[may],
  );
  const other = otherThan(inForce, digest);
  if (may === 'unknown' && rule) return { ok: false, refusal: groupsUnknown(rule, groups), event: null, ...other };
  if (may !== 'yes') {
    const refusal: RevertRefusal = { why: 'may-not-revert', requester: request.requester.user, rule };
    return { ok: false, refusal, event: refused(digest, refusal), ...other };
  }
  const rest = withoutGrant(run, request.id);
  const own = { request, event: earlyEnd(request, rest, { by: actorOf(by), inForce, now }) };
  return { ok: true, ends: [own, ...endsAbove(request, facts, run)] };
}

/** Whether its grant is open and nobody has ended it. */
function isRevertible(request: ThrottleRequest, run: Run): boolean {
  return (
    request.status === 'applied' &&
    grantOf(run, request.id) !== null &&
    !isReverting(request) &&
    (request.hold?.by ?? null) === null
  );
}

const MAY_NOT: Readonly<Record<Membership, number>> = { yes: 0, unknown: 1, no: 2 };

/**
 * The grants above an ending one are weighed again, each from now to its end against what is below it: that is what applies
 * without it as soon as those above have ended. One that has too few approvals for that ends as well.
 */
function endsAbove(ending: ThrottleRequest, facts: RevertFacts, run: Run): EarlyEnd[] {
  const { above, inForce, people, now } = facts;
  const ends: EarlyEnd[] = [];
  let rest = withoutGrant(run, ending.id);
  for (const grant of grantsAbove(run, ending.id, now)) {
    const request = above.get(grant.request);
    if (!request || request.hold?.by || isReverting(request)) continue;
    const below = runBelow(rest, request.id);
    const needs = knownPolicies(inForce).map((one) => {
      const rule = ruleNow(request, one);
      return (rule && weigh(limitOfGrant(grant), { run: below, rule, now }).needed) ?? Number.POSITIVE_INFINITY;
    });
    if (approvalsOf(request, people) >= Math.max(...needs)) continue;
    const without = withoutGrant(rest, request.id);
    ends.push({ request, event: lacksApprovals(request, without, { inForce, now }) });
    rest = without;
  }
  return ends;
}

/** The end of a limit that nobody asked to end. `rest`: the run without it. */
export function lacksApprovals(
  request: ThrottleRequest,
  rest: Run,
  { inForce, now }: { inForce: PolicyInForce; now: Date },
): EventOf<'revert.scheduled'> {
  const event = earlyEnd(request, rest, { by: null, inForce, now });
  return { ...event, detail: { ...event.detail, why: 'approvals' } };
}

function earlyEnd(
  request: ThrottleRequest,
  rest: Run,
  { by, inForce, now }: { by: Actor | null; inForce: PolicyInForce; now: Date },
): EventOf<'revert.scheduled'> {
  const since = request.hold?.since ?? request.ending?.at ?? request.requestedAt;
  const base = rateOf(desiredLimit(rest, { now })) ?? request.from;
  const detail = { base, since, role: roleOf(request, inForce), dueAt: now.toISOString() };
  const about = { from: request.to, to: base, policy: inForce.digest, memberOf: memberOf(rest) };
  return revertEvent(request, 'revert.scheduled', about, detail, by);
}

/** The role that its limit was set with; where nothing had to be sent for it, that of the rule. */
function roleOf(request: ThrottleRequest, inForce: PolicyInForce): string | null {
  const { hold, apply } = request;
  if (hold) return hold.role;
  return apply ? apply.role : (ruleNow(request, inForce)?.role ?? null);
}
