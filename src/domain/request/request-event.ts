import type { Actor } from '../audit/actor.ts';
import type { Detail, EventFacts, EventName, EventOf } from '../audit/audit-event.ts';
import type { TaskExecution } from '../execution/task-execution.ts';
import { countedPolicies, type PolicyInForce } from '../policy/policies-in-force.ts';
import type { Person } from '../policy/policy.ts';
import type { DecisionRefusal, RevertRefusal } from './refusal.ts';
import type { StaleWhy, ThrottleRequest } from './throttle-request.ts';

/** The fields that all events of a request have. */
function aboutRequest(request: ThrottleRequest, by: Actor | null, policy: string): EventFacts {
  const { id, version, channel, execution, account, region, from, to, reason, rule } = request;
  const about = { version, channel, execution, account, region, from, to, reason, rule };
  return { ...about, request: id, actor: by, policy, aws: null };
}

/** An event that changes this request's state: the next version. */
export function stateEvent<E extends EventName>(
  request: ThrottleRequest,
  event: E,
  by: Actor | null,
  policy: string,
  detail: Detail<E>,
): EventOf<E> {
  return { ...aboutRequest(request, by, policy), version: request.version + 1, event, detail };
}

/** `digest`: of the policy by which it ends, if it is another bot's. */
export function staleEvent(
  request: ThrottleRequest,
  why: StaleWhy,
  facts: { inForce: Pick<PolicyInForce, 'digest' | 'others'>; execution: TaskExecution | null },
  rate: number | null,
  digest = facts.inForce.digest,
): EventOf<'apply.stale'> {
  const { inForce, execution } = facts;
  const detail = { why, rate, ...(execution ? { status: execution.status } : {}), ...countedPolicies(inForce) };
  const aws = execution ? { requestId: execution.requestId } : null;
  return { ...stateEvent(request, 'apply.stale', null, digest, detail), aws };
}

/** A decision on this request is refused; its state does not change. `digest`: of the policy that refused. */
export function decisionRefusedEvent(
  request: ThrottleRequest,
  by: Person,
  refusal: DecisionRefusal | RevertRefusal,
  inForce: PolicyInForce,
  digest: string,
): EventOf<'decision.refused'> {
  const denial =
    refusal.why === 'may-not-decide'
      ? { denial: refusal.denial }
      : refusal.why === 'not-a-member'
        ? { denial: refusal.kind }
        : {};
  const detail = { why: refusal.why, ...denial, ...countedPolicies(inForce) };
  return { ...aboutRequest(request, actorOf(by), digest), event: 'decision.refused', detail };
}

export function actorOf({ team, user, name }: Person): Actor {
  return { team, user, name };
}
