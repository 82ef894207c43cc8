import type { Actor, AuditEvent } from './audit-event.ts';
import { revertEvent } from './decide-revert.ts';
import { ruleNow, stateEvent } from './decide-review.ts';
import { isHeld, isReverting } from './hold.ts';
import { mayRevert } from './may-revert.ts';
import { countedPolicies, otherThan, type PolicyInForce, underEach } from './policies-in-force.ts';
import type { Groups, Membership, Person } from './policy.ts';
import { groupsUnknown, type RevertRefusal } from './refusal.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/**
 * Somebody wants it back now: who asked or approved may, and whoever could decide by each policy that counts; it goes back to
 * what was. An end is never held up by a policy that can't be read.
 */
export function decideRevertNow(
  request: ThrottleRequest,
  by: Person,
  facts: { inForce: PolicyInForce; groups: Groups; now: Date },
): { ok: true; event: AuditEvent } | { ok: false; refusal: RevertRefusal; event: AuditEvent | null; other?: string } {
  if (!isHeld(request) || isReverting(request)) return { ok: false, refusal: { why: 'not-held' }, event: null };
  const { inForce, groups } = facts;
  const actor: Actor = { team: by.team, user: by.user, name: by.name };
  const { may, rule, digest } = underEach(
    inForce,
    (one) => {
      const rule = ruleNow(request, one);
      return { rule, digest: one.digest, may: mayRevert(request, by, { rule, groups }) };
    },
    ({ may }) => MAY_NOT[may],
  );
  const policy = inForce.digest;
  const other = otherThan(inForce, digest);
  if (may === 'unknown' && rule) return { ok: false, refusal: groupsUnknown(rule, groups), event: null, ...other };
  if (may !== 'yes') {
    const refusal: RevertRefusal = { why: 'may-not-revert', requester: request.requester.user, rule };
    const event = { ...stateEvent(request, 'decision.refused', actor, digest), version: request.version };
    const detail = { why: refusal.why, ...countedPolicies(inForce) };
    return { ok: false, refusal, event: { ...event, detail }, ...other };
  }
  const { base, since, role } = request.hold;
  const detail = { base, since, role, dueAt: facts.now.toISOString() };
  const event = { ...revertEvent(request, 'revert.scheduled', policy, base, detail), actor };
  return { ok: true, event };
}

const MAY_NOT: Readonly<Record<Membership, number>> = { yes: 0, unknown: 1, no: 2 };
