import type { Actor } from '../../domain/audit/actor.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Access } from '../ports/executions.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** For a change: a session of its own, named after the request, on behalf of its requester. */
export function changeAccess(
  request: ThrottleRequest,
  role: string | null,
  { team, user }: Pick<Actor, 'team' | 'user'> = request.requester,
): Access {
  return { role, session: { kind: 'change', request: request.id, team, user } };
}

/** For reading: the role of the rule that applies now, or else the role that the change was made under. */
export function readAccess(request: ThrottleRequest, policy: PolicySource): Access {
  const role = ruleNow(request, policy.current())?.role ?? request.hold?.role ?? request.apply?.role ?? null;
  return { role, session: { kind: 'read' } };
}
