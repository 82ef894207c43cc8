import type { AuditEvent, EventOf } from '../../audit/audit-event.ts';
import { isUpdatable } from '../../execution/task-execution.ts';
import { countedPolicies } from '../../policy/policies-in-force.ts';
import { decideExpire } from '../../request/decide-expire.ts';
import { approvalsOf, approvalValidity, type ReviewFacts, ruleNow } from '../../request/decide-review.ts';
import { staleEvent, stateEvent } from '../../request/request-event.ts';
import type { FailedWhy, ThrottleRequest } from '../../request/throttle-request.ts';
import { memberOf } from '../run.ts';
import { startedEvent } from './change-events.ts';
import type { Denied } from './judge-change.ts';
import { refusedDetail } from './sending.ts';

export type BeginDecision =
  | { kind: 'send'; event: AuditEvent }
  | { kind: 'end'; event: AuditEvent }
  /** Slack does not say who may decide, or a bot runs with a policy that can't be read: the apply waits. */
  | { kind: 'wait'; for: 'groups' | 'policies' }
  /** The status is unknown to this version, so it is unclear whether AWS would accept the change. */
  | { kind: 'wait'; for: 'status' };

/**
 * Before anything is sent: is the approval still valid, and has the request not expired? Without the execution only the
 * rest is checked, and `send` means that AWS has to be called next.
 */
export function decideBegin(request: ThrottleRequest, facts: ReviewFacts): BeginDecision {
  const [expired] = decideExpire(request, facts.now, facts.inForce);
  if (expired) return { kind: 'end', event: expired };
  const validity = approvalValidity(request, facts);
  switch (validity.kind) {
    case 'unknown':
      return { kind: 'wait', for: 'groups' };
    case 'policies-differ':
      return { kind: 'wait', for: 'policies' };
    case 'stale':
      return { kind: 'end', event: staleEvent(request, validity.why, facts, validity.rate, validity.digest) };
    case 'valid': {
      if (approvalsOf(request, facts.people) < validity.needed) {
        return { kind: 'end', event: staleEvent(request, 'policy', facts, null, validity.digest) };
      }
      if (facts.execution && !isUpdatable(facts.execution.status)) return { kind: 'wait', for: 'status' };
      const intent = startedEvent(planOfRequest(request, facts), 1);
      if (intent.event !== 'apply.started') throw new Error(`${request.id} is applied by ${intent.event}`);
      return { kind: 'send', event: { ...intent, detail: { ...intent.detail, ...countedPolicies(facts.inForce) } } };
    }
  }
}

/**
 * The change that applies a request, under the role of the rule that applies now. It begins from what AWS shows: a link may have
 * moved the limit since it was requested.
 */
export function planOfRequest(
  request: ThrottleRequest,
  {
    inForce,
    run = null,
    execution: shown,
  }: Pick<ReviewFacts, 'inForce'> & Partial<Pick<ReviewFacts, 'run' | 'execution'>>,
) {
  const { id, execution, to } = request;
  const role = ruleNow(request, inForce)?.role ?? null;
  const member = memberOf(run);
  const from = shown?.bytesPerSecond ?? request.from;
  const about = { execution, request, memberOf: member, policy: inForce.digest };
  return { ...about, cause: 'grant', grant: id, link: null, from, to, role } as const;
}

/** AWS no longer knows the execution of a request whose change was not begun. */
export function vanishedEvent(
  request: ThrottleRequest,
  policy: string,
  { requestId, said }: { requestId: string | null; said: string | null },
): EventOf<'apply.stale'> {
  const detail = { why: 'status' as const, rate: null, ...(said ? { said } : {}) };
  return { ...stateEvent(request, 'apply.stale', null, policy, detail), aws: { requestId } };
}

/** AWS denies access to the execution, and waiting would not help. */
export function deniedEvent(
  request: ThrottleRequest,
  policy: string,
  refused: Denied,
  why: FailedWhy = 'denied',
): EventOf<'apply.failed'> {
  const detail = { why, rate: null, refused: refusedDetail(refused) };
  return { ...stateEvent(request, 'apply.failed', null, policy, detail), aws: { requestId: refused.requestId } };
}

/**
 * It is unknown what AWS did. Recorded once, and once more when it turns out that AWS denies reading (`denied`). Null
 * if that is already recorded.
 */
export function unknownEvent(
  request: ThrottleRequest,
  policy: string,
  { why, said }: { why: string; said: string | null },
  denied: Denied | null = null,
): EventOf<'apply.unknown'> | null {
  const { apply } = request;
  if (!apply || (apply.unknownSince && (!denied || apply.refused))) return null;
  const refused = denied ? { refused: refusedDetail(denied) } : {};
  const detail = { why, ...(said && !denied ? { said } : {}), ...refused };
  return stateEvent(request, 'apply.unknown', null, policy, detail);
}
