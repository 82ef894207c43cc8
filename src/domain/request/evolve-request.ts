import type { DatedEvent, EventOf } from '../audit/audit-event.ts';
import type { ApplyProgress } from '../run/change/sending.ts';
import { evolveGrant } from '../run/grant/evolve-grant.ts';
import { type Ending, isOpen, type RequestStatus, type ThrottleRequest } from './throttle-request.ts';

/** A dated event of one of these kinds. */
type Dated<E extends DatedEvent['event']> = EventOf<E> & { at: string };

type Versioned = Pick<DatedEvent, 'event' | 'version'>;

/**
 * The next state. Events that don't concern a request's state leave it unchanged.
 * @throws Error on an event that does not fit: then the log was not written by the bot
 */
export function evolve(state: ThrottleRequest | null, event: DatedEvent): ThrottleRequest | null {
  if (event.event === 'requested') return begin(state, event);
  if (state === null) return null;
  if (event.request !== state.id) throw new Error(`record of ${event.request} folded into ${state.id}`);
  switch (event.event) {
    case 'approved':
      return approve(next(state, event), event);
    case 'denied':
      return end(state, event, 'denied', event.detail);
    case 'cancelled':
      return end(state, event, 'cancelled');
    case 'expired':
      return end(state, event, 'expired');
    case 'apply.started':
      return startApply(next(state, event), event);
    case 'apply.unknown':
      return unseen(next(state, event), event);
    case 'applied':
      return end(state, event, 'applied', event.detail);
    case 'apply.failed':
      return end(state, event, 'failed', event.detail);
    case 'apply.stale':
      return end(state, event, 'stale', event.detail);
    case 'revert.scheduled':
    case 'revert.started':
    case 'reverted':
    case 'revert.skipped':
    case 'revert.failed':
      return { ...afterApplied(state, event), hold: evolveGrant(state.hold ?? null, event) };
    case 'drift.detected':
      return { ...afterApplied(state, event), drift: { at: event.at, rate: event.detail.rate } };
    case 'refused':
    case 'decision.refused':
    case 'policy.loaded':
    case 'audit.exported':
    case 'audit.archived':
    case 'loss.accepted':
    case 'link.window':
      return state;
    default:
      return unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}

/**
 * The version counts the events that changed the state. A gap means that records are missing or belong to another
 * request.
 */
function next(state: ThrottleRequest, event: Versioned): ThrottleRequest {
  if (!isOpen(state)) throw new Error(`${event.event} after ${state.id} had ended`);
  return counted(state, event);
}

/** The further life of a limit after it was set: the request itself has ended. */
function afterApplied(state: ThrottleRequest, event: Versioned): ThrottleRequest {
  if (state.status !== 'applied') throw new Error(`${event.event} of ${state.id}, which is not in force`);
  return counted(state, event);
}

function counted(state: ThrottleRequest, event: Versioned): ThrottleRequest {
  if (event.version !== state.version + 1)
    throw new Error(`${state.id}: version ${event.version} after ${state.version}`);
  return { ...state, version: event.version };
}

function begin(state: ThrottleRequest | null, event: Dated<'requested'>): ThrottleRequest {
  if (state) throw new Error(`${state.id} was requested already`);
  const { request, actor, channel, execution, account, region, from, to, rule, policy, detail } = event;
  if (!request || !actor || !channel || !execution || !account || !region || !rule || !policy) {
    throw new Error('a requested record without its facts');
  }
  if (from === null || to === null) throw new Error('a requested record without its rates');
  return {
    id: request,
    version: 1,
    status: detail.approvals === 0 ? 'approved' : 'pending',
    requester: actor,
    channel,
    execution,
    account,
    region,
    taskName: detail.taskName,
    mode: detail.mode,
    from,
    to,
    direction: detail.direction,
    durationSeconds: detail.duration,
    until: detail.until ?? null,
    reason: event.reason,
    rule,
    policy,
    approvalsNeeded: detail.approvals,
    approvals: [],
    requestedAt: event.at,
    expiresAt: detail.expiresAt,
    apply: null,
    ending: null,
    extends: detail.extends ?? null,
    undoes: detail.undoes ?? null,
    exceeds: detail.exceeds ?? null,
    hold: null,
    drift: null,
  };
}

/** A person counts once, however often they approve. */
function approve(state: ThrottleRequest, event: Dated<'approved'>): ThrottleRequest {
  const { actor: by, detail } = event;
  if (!by || state.status !== 'pending') throw new Error(`${state.id} can't be approved here`);
  return {
    ...state,
    status: detail.complete ? 'approved' : 'pending',
    approvalsNeeded: detail.needed,
    policy: event.policy ?? state.policy,
    rule: event.rule ?? state.rule,
    expiresAt: detail.expiresAt,
    approvals: [
      ...state.approvals.filter((before) => before.by.user !== by.user),
      { by, at: event.at, comment: detail.comment },
    ],
  };
}

function startApply(state: ThrottleRequest, { at, detail }: Dated<'apply.started'>): ThrottleRequest {
  if (state.status !== 'approved' && state.status !== 'applying') throw new Error(`${state.id} is not approved`);
  const { attempt, role, putOff = null } = detail;
  const startedAt = state.apply?.startedAt ?? at;
  return { ...state, status: 'applying', apply: { startedAt, sentAt: at, attempt, role, unknownSince: null, putOff } };
}

function unseen(state: ThrottleRequest, { at, detail }: Dated<'apply.unknown'>): ThrottleRequest {
  const before = applyOf(state);
  const { refused = null } = detail;
  return { ...state, apply: { ...before, unknownSince: before.unknownSince ?? at, refused } };
}

function applyOf(state: ThrottleRequest): ApplyProgress {
  if (!state.apply) throw new Error(`${state.id}: an outcome before the intent`);
  return state.apply;
}

type EndEvent =
  | Dated<'denied'>
  | Dated<'cancelled'>
  | Dated<'expired'>
  | Dated<'applied'>
  | Dated<'apply.failed'>
  | Dated<'apply.stale'>;

function end(
  before: ThrottleRequest,
  event: EndEvent,
  status: RequestStatus,
  said: Partial<Pick<Ending, 'comment' | 'why' | 'rate' | 'refused'>> = {},
): ThrottleRequest {
  const state = next(before, event);
  // A limit of the rate that AWS shows takes effect when it is recorded, and so does one that a link caps: nothing is sent for it.
  const isCapped = event.event === 'applied' && event.detail.cappedBy !== undefined;
  if (status === 'applied' && state.from !== state.to && !isCapped) applyOf(state);
  if (status === 'failed' && state.status === 'pending') throw new Error(`${state.id} failed before it was approved`);
  return {
    ...state,
    status,
    ending: {
      at: event.at,
      by: event.actor,
      comment: said.comment ?? null,
      why: said.why ?? null,
      rate: said.rate ?? null,
      awsRequestId: event.aws?.requestId ?? null,
      refused: said.refused ?? null,
    },
  };
}
