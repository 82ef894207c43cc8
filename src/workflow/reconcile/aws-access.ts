import type { Actor } from '../../domain/audit/actor.ts';
import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import { memberRule } from '../../domain/policy/links/link-rules.ts';
import type { Rule } from '../../domain/policy/policy.ts';
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

/** The same because of a link, which nobody requested it for. */
export function linkAccess(link: string, role: string | null): Access {
  return { role, session: { kind: 'change', link } };
}

/** The rule that a member of a link is read and changed under; null: it must be left alone. */
export function ruleOfMember(execution: string, policy: PolicySource): Rule | null {
  const arn = parseExecutionArn(execution);
  return arn.ok ? memberRule(policy.current().policy, arn.value) : null;
}

/** For reading a member of a link. `role`: of the last change, where no rule names it any more. */
export function memberReadAccess(execution: string, policy: PolicySource, role: string | null = null): Access {
  const rule = ruleOfMember(execution, policy);
  return { role: rule === null ? role : rule.role, session: { kind: 'read' } };
}

/** For reading: the role of the rule that applies now, or else the role that the change was made under. */
export function readAccess(request: ThrottleRequest, policy: PolicySource): Access {
  const role = ruleNow(request, policy.current())?.role ?? request.hold?.role ?? request.apply?.role ?? null;
  return { role, session: { kind: 'read' } };
}
