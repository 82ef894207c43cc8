import type { Actor } from '../../audit/actor.ts';
import type { AuditEvent, Detail, EventFacts, EventOf } from '../../audit/audit-event.ts';
import { parseExecutionArn, type TaskExecution } from '../../execution/task-execution.ts';
import { stateEvent } from '../../request/request-event.ts';
import type { FailedWhy, ThrottleRequest } from '../../request/throttle-request.ts';
import type { SkippedWhy } from '../grant/timed-grant.ts';
import type { ChangeCause, ChangeInFlight } from '../run.ts';
import type { Denied } from './judge-change.ts';
import { type Deferral, refusedDetail, type Sent } from './sending.ts';

/** A change of a limit, and the request whose records tell of it. Null for a late write: that is told by the run's own. */
export interface PlannedChange {
  execution: string;
  cause: ChangeCause;
  request: ThrottleRequest | null;
  /** The request whose limit will be set; null: the limit from before. */
  grant: string | null;
  from: number;
  to: number;
  role: string | null;
  policy: string;
}

/** The change that was begun, as it was planned. */
export function planOf(
  { cause, grant, from, to, role }: ChangeInFlight,
  { execution, request, policy }: Pick<PlannedChange, 'execution' | 'request' | 'policy'>,
): PlannedChange {
  return { execution, cause, request: cause === 'late-write' ? null : request, grant, from, to, role, policy };
}

/**
 * The intent, recorded before the change is sent. With `putOff`: AWS did not accept it this time, and it will be sent
 * again.
 */
export function startedEvent(plan: PlannedChange, attempt: number, putOff: Deferral | null = null): AuditEvent {
  const { cause, role, grant, policy } = plan;
  const detail = { attempt, role, ...(putOff ? { putOff } : {}) };
  const { request } = plan;
  if (request === null) {
    return { ...runFacts(plan), event: 'apply.started', detail: { ...detail, cause: 'late-write', grant } };
  }
  if (cause === 'grant') return stateEvent(request, 'apply.started', null, policy, detail);
  const event = revertEvent(request, 'revert.started', plan, { ...detail, grant });
  return { ...event, actor: request.hold?.by ?? null };
}

/** AWS shows the new limit. */
export function doneEvent(
  plan: PlannedChange,
  execution: TaskExecution,
  { sent, attempt, open }: { sent: Sent | null; attempt: number; open: boolean },
): AuditEvent {
  const { request, cause, policy } = plan;
  const rate = execution.bytesPerSecond;
  const detail = { rate, status: execution.status, attempt, ...(open ? { open: true as const } : {}) };
  const aws = awsOf(execution, sent);
  if (request === null) return { ...runFacts(plan), event: 'applied', detail, aws };
  return cause === 'grant'
    ? { ...stateEvent(request, 'applied', null, policy, detail), aws }
    : { ...revertEvent(request, 'reverted', plan, detail), aws };
}

/** How a change ended that AWS did not carry out, or after which it shows a third limit. */
export function undoneEvent(
  plan: PlannedChange,
  end: {
    why: FailedWhy | 'base-unknown';
    execution: TaskExecution | null;
    sent?: Sent | null;
    attempt?: number;
    about?: Omit<Denied, 'action'> & { action: string | null };
    said?: string | null;
  },
): EventOf<'apply.failed'> | EventOf<'revert.failed'> | EventOf<'revert.skipped'> {
  const { request, cause, role, policy } = plan;
  const { why, execution, sent = null, attempt, about = null, said = null } = end;
  const rate = execution?.bytesPerSecond ?? null;
  const requestId = about?.requestId ?? null;
  const aws = execution ? awsOf(execution, sent) : { requestId };
  const refused =
    about?.action == null
      ? {}
      : { refused: refusedDetail({ action: about.action, role: about.role ?? role, said: about.said ?? null }) };
  if (cause === 'end' && request !== null) {
    if (why === 'ended' || why === 'other-rate' || why === 'not-found') {
      const skipped = why === 'other-rate' ? 'changed' : 'ended';
      return skippedEvent(request, skipped, plan, { execution, awsRequestId: requestId, said });
    }
    if (why === 'not-approved') throw new Error('the end of a grant needs no approval');
    return {
      ...revertEvent(request, 'revert.failed', plan, { why, rate, ...refused }),
      aws: { requestId: aws?.requestId ?? null },
    };
  }
  if (why === 'base-unknown') throw new Error('only a grant ends so');
  const detail = {
    why,
    rate,
    ...(execution ? { status: execution.status } : {}),
    ...(attempt === undefined ? {} : { attempt }),
    ...(said ? { said } : {}),
    ...refused,
  };
  return request === null
    ? { ...runFacts(plan), event: 'apply.failed', detail, aws }
    : { ...stateEvent(request, 'apply.failed', null, policy, detail), aws };
}

function awsOf(execution: TaskExecution, sent: Sent | null): EventFacts['aws'] {
  return { requestId: execution.requestId, ...(sent ? { updateRequestId: sent.requestId } : {}) };
}

/** A grant is over, and nothing is sent for it. */
export function skippedEvent(
  request: ThrottleRequest,
  why: SkippedWhy,
  { policy, to }: { policy: string; to?: number },
  facts: {
    execution?: TaskExecution | null;
    awsRequestId?: string | null;
    said?: string | null;
    grant?: string | null;
  } = {},
): EventOf<'revert.skipped'> {
  const { execution = null, awsRequestId = null, said = null, grant } = facts;
  const requestId = execution?.requestId ?? awsRequestId;
  const detail = {
    why,
    rate: execution?.bytesPerSecond ?? null,
    ...(execution ? { status: execution.status } : {}),
    ...(said ? { said } : {}),
    ...(grant === undefined ? {} : { grant }),
  };
  const next = to ?? request.hold?.base ?? request.from;
  return {
    ...revertEvent(request, 'revert.skipped', { from: request.to, to: next, policy }, detail),
    aws: requestId === null ? null : { requestId },
  };
}

/** In these records `from` is the limit that ends, and `to` the one that applies next. */
export function revertEvent<E extends RevertEvent>(
  request: ThrottleRequest,
  event: E,
  { from, to, policy }: Pick<PlannedChange, 'from' | 'to' | 'policy'>,
  detail: Detail<E>,
  by: Actor | null = null,
): EventOf<E> {
  return { ...stateEvent(request, event, by, policy, detail), from, to };
}

type RevertEvent = 'revert.scheduled' | 'revert.started' | 'reverted' | 'revert.skipped' | 'revert.failed';

/** The fields of an event that concerns a run and no request. */
function runFacts({ execution, from, to, policy }: PlannedChange): EventFacts {
  const arn = parseExecutionArn(execution);
  if (!arn.ok) throw new Error(`${execution} is no execution`);
  const { account, region } = arn.value;
  const none = { request: null, version: null, actor: null, channel: null, reason: null, rule: null, aws: null };
  return { ...none, execution, account, region, from, to, policy };
}
