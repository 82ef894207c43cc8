import type { EventOf } from '../audit/audit-event.ts';
import { otherThan, type PolicyInForce, underEach } from '../policy/policies-in-force.ts';
import type { Groups, Membership, People, Person } from '../policy/policy.ts';
import { ruleNow } from '../request/decide-review.ts';
import { groupsUnknown, type RevertRefusal } from '../request/refusal.ts';
import { actorOf, decisionRefusedEvent } from '../request/request-event.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { revertEvent } from './decide-revert.ts';
import { mayRevert } from './may-revert.ts';
import { hasOpenGrant, isReverting } from './timed-grant.ts';

/**
 * `Revert now`: moves the limit's end to now. The requester, the approvers, and those who may decide it under each
 * applicable policy may do this. An unreadable policy never prevents a revert.
 */
export function decideRevertNow(
  request: ThrottleRequest,
  by: Person,
  facts: { inForce: PolicyInForce; groups: Groups; people: People; now: Date },
):
  | { ok: true; event: EventOf<'revert.scheduled'> }
  | { ok: false; refusal: RevertRefusal; event: EventOf<'decision.refused'> | null; other?: string } {
  const { inForce, groups, people } = facts;
  const refused = (digest: string, refusal: RevertRefusal) =>
    decisionRefusedEvent(request, by, refusal, inForce, digest);
  if (by.kind !== 'member') {
    const refusal: RevertRefusal = { why: 'not-a-member', kind: by.kind };
    return { ok: false, refusal, event: refused(inForce.digest, refusal) };
  }
  if (!hasOpenGrant(request) || isReverting(request)) return { ok: false, refusal: { why: 'not-held' }, event: null };
  const { may, rule, digest } = underEach(
    inForce,
    (one) => {
      const rule = ruleNow(request, one);
      return { rule, digest: one.digest, may: mayRevert(request, by, { rule, groups, people }) };
    },
    ({ may }) => MAY_NOT[may],
  );
  const policy = inForce.digest;
  const other = otherThan(inForce, digest);
  if (may === 'unknown' && rule) return { ok: false, refusal: groupsUnknown(rule, groups), event: null, ...other };
  if (may !== 'yes') {
    const refusal: RevertRefusal = { why: 'may-not-revert', requester: request.requester.user, rule };
    return { ok: false, refusal, event: refused(digest, refusal), ...other };
  }
  const { base, since, role } = request.hold;
  const detail = { base, since, role, dueAt: facts.now.toISOString() };
  const event = { ...revertEvent(request, 'revert.scheduled', policy, base, detail), actor: actorOf(by) };
  return { ok: true, event };
}

const MAY_NOT: Readonly<Record<Membership, number>> = { yes: 0, unknown: 1, no: 2 };
