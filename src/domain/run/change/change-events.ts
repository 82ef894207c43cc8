import type { Actor } from '../../audit/actor.ts';
import type { AuditEvent, Detail, EventFacts, EventOf } from '../../audit/audit-event.ts';
import { parseExecutionArn, type TaskExecution } from '../../execution/task-execution.ts';
import { stateEvent } from '../../request/request-event.ts';
import type { FailedWhy, ThrottleRequest } from '../../request/throttle-request.ts';
import type { SkippedWhy } from '../grant/timed-grant.ts';
import { type ChangeCause, type ChangeInFlight, memberOf, type Run } from '../run.ts';
import type { Denied } from './judge-change.ts';
import { type Deferral, refusedDetail, type Sent } from './sending.ts';

/** A change of a limit, and the request whose records tell of it. Null: it is told by the run's own. */
export interface PlannedChange {
  execution: string;
  cause: ChangeCause;
  request: ThrottleRequest | null;
  /** The request whose limit will be set; null: that of the link, or the one from before. */
  grant: string | null;
  /** The link whose limit will be set, or that caps the one that will; null or absent: none has to do with it. */
  link?: string | null | undefined;
  /** The link that the execution belongs to; null or absent: none. */
  memberOf?: string | null | undefined;
  from: number;
  to: number;
  role: string | null;
  policy: string;
}

/** The change that was begun, as it was planned. */
export function planOf(
  { cause, request: told, grant, link, from, to, role }: ChangeInFlight,
  { request, ...about }: Pick<PlannedChange, 'execution' | 'request' | 'policy' | 'memberOf'>,
): PlannedChange {
  if (told !== null && request?.id !== told) throw new Error(`${about.execution}: its change is told by ${told}`);
  return { ...about, cause, request: told === null ? null : request, grant, link: link ?? null, from, to, role };
}

/**
 * The intent, recorded before the change is sent. With `putOff`: AWS did not accept it this time, and it will be sent
 * again.
 */
export function startedEvent(plan: PlannedChange, attempt: number, putOff: Deferral | null = null): AuditEvent {
  const { cause, role, request } = plan;
  const detail = { attempt, role, ...(putOff ? { putOff } : {}) };
  if (request === null) {
    const why = cause === 'link' ? cause : 'late-write';
    return { ...runFacts(plan), event: 'apply.started', detail: { ...detail, cause: why, ...nextLimit(plan) } };
  }
  if (cause === 'grant') return ofPlan(plan, 'apply.started', request, detail);
  const event = revertEvent(request, 'revert.started', plan, { ...detail, ...nextLimit(plan) });
  return { ...event, actor: request.hold?.by ?? null };
}

/** Whose limit will be set, for the record. A link's own is no request's, and not the one from before either. */
function nextLimit({ grant, link = null }: Pick<PlannedChange, 'grant' | 'link'>): {
  grant?: string | null;
  link?: string;
} {
  if (link === null) return { grant };
  return grant === null ? { link } : { grant, link };
}

/** An event of the request, between the rates that the change is from and to: a link may have moved the limit since it was requested. */
function ofPlan<E extends 'apply.started' | 'applied' | 'apply.failed'>(
  { from, to, memberOf = null, policy }: PlannedChange,
  event: E,
  request: ThrottleRequest,
  detail: Detail<E>,
): EventOf<E> {
  return { ...stateEvent(request, event, null, policy, detail), link: memberOf, from, to };
}

/** AWS shows the new limit. */
export function doneEvent(
  plan: PlannedChange,
  execution: TaskExecution,
  {
    sent,
    attempt,
    open,
    cappedBy,
  }: { sent: Sent | null; attempt: number; open: boolean; cappedBy?: string | undefined },
): AuditEvent {
  const { request, cause } = plan;
  const rate = execution.bytesPerSecond;
  const detail = { rate, status: execution.status, attempt, ...(open ? { open: true as const } : {}) };
  const aws = awsOf(execution, sent);
  if (request === null) return { ...runFacts(plan), event: 'applied', detail, aws };
  const capped = cappedBy === undefined ? detail : { ...detail, cappedBy };
  return cause === 'grant'
    ? { ...ofPlan(plan, 'applied', request, capped), aws }
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
  const { request, cause, role } = plan;
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
    : { ...ofPlan(plan, 'apply.failed', request, detail), aws };
}

function awsOf(execution: TaskExecution, sent: Sent | null): EventFacts['aws'] {
  return { requestId: execution.requestId, ...(sent ? { updateRequestId: sent.requestId } : {}) };
}

interface SkippedFacts {
  execution?: TaskExecution | null;
  awsRequestId?: string | null;
  said?: string | null;
  /** With `same-rate`: whose limit applies next. */
  next?: Pick<PlannedChange, 'grant' | 'link'> | undefined;
}

/** A grant is over, and nothing is sent for it. */
export function skippedEvent(
  request: ThrottleRequest,
  why: SkippedWhy,
  { policy, to, memberOf }: { policy: string; to?: number } & Pick<PlannedChange, 'memberOf'>,
  facts: SkippedFacts = {},
): EventOf<'revert.skipped'> {
  const { detail, aws } = skipped(why, facts);
  const next = to ?? request.hold?.base ?? request.from;
  return { ...revertEvent(request, 'revert.skipped', { from: request.to, to: next, policy, memberOf }, detail), aws };
}

/** The execution has ended while it had a limit of a link; no record where it had none. */
export function linkLimitEnded(run: Run | null, policy: string, facts: SkippedFacts): EventOf<'revert.skipped'>[] {
  if (run?.inForce?.link === undefined || run.baseline === null) return [];
  const about = { execution: run.execution, memberOf: memberOf(run), from: run.inForce.rate, to: run.baseline, policy };
  return [{ ...runFacts(about), event: 'revert.skipped', ...skipped('ended', facts) }];
}

function skipped(
  why: SkippedWhy,
  { execution = null, awsRequestId = null, said = null, next }: SkippedFacts,
): Pick<EventOf<'revert.skipped'>, 'detail' | 'aws'> {
  const requestId = execution?.requestId ?? awsRequestId;
  const detail = {
    why,
    rate: execution?.bytesPerSecond ?? null,
    ...(execution ? { status: execution.status } : {}),
    ...(said ? { said } : {}),
    ...(next === undefined ? {} : nextLimit(next)),
  };
  return { detail, aws: requestId === null ? null : { requestId } };
}

/** In these records `from` is the limit that ends, and `to` the one that applies next. */
export function revertEvent<E extends RevertEvent>(
  request: ThrottleRequest,
  event: E,
  { from, to, policy, memberOf = null }: Pick<PlannedChange, 'from' | 'to' | 'policy' | 'memberOf'>,
  detail: Detail<E>,
  by: Actor | null = null,
): EventOf<E> {
  return { ...stateEvent(request, event, by, policy, detail), link: memberOf, from, to };
}

type RevertEvent = 'revert.scheduled' | 'revert.started' | 'reverted' | 'revert.skipped' | 'revert.failed';

/** The fields of an event that concerns a run and no request. */
export function runFacts({
  execution,
  memberOf: link = null,
  from,
  to,
  policy,
}: Pick<PlannedChange, 'execution' | 'memberOf' | 'from' | 'to' | 'policy'>): EventFacts {
  const arn = parseExecutionArn(execution);
  if (!arn.ok) throw new Error(`${execution} is no execution`);
  const { account, region } = arn.value;
  const none = { request: null, version: null, actor: null, channel: null, reason: null, rule: null, aws: null };
  return { ...none, link, execution, account, region, from, to, policy };
}
