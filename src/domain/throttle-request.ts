/**
 * The life of a throttle request.
 *
 * Glossary
 * - task execution: one run of a DataSync task; what a bandwidth limit belongs to.
 * - bandwidth limit, rate: bytes per second as AWS has it; -1 is unlimited.
 * - requester: who asks. approver: who may agree, by the policy's rule. The requester never counts as one.
 * - from: the rate in force when the request was made; the request is about this change and no other.
 * - read-back: what DescribeTaskExecution says after the change; only that is `applied`.
 * - hold: a limit that was asked for a while; when its time is over the rate from before is set back (see hold.ts).
 * - drift: somebody changed the limit past the bot.
 * - record: one line of the audit log. The log is the list of events; a request is the fold of its records.
 */

import type { Actor, DatedEvent } from './audit-event.ts';
import { type Drift, evolveHold, type Hold, type HoldEvent, type Takeover } from './hold.ts';
import type { Direction } from './policy.ts';
import { type ApplyProgress, begun, type Refused, unseen } from './sending.ts';

export type RequestStatus =
  | 'pending'
  | 'approved'
  | 'applying'
  | 'applied'
  | 'failed'
  | 'stale'
  | 'denied'
  | 'cancelled'
  | 'expired';

/** Why a request ended before anything was sent to AWS. */
export type StaleWhy = 'policy' | 'rate' | 'status' | 'timer';

/** Why a change that was begun did not come to be; `unseen`: it may have, AWS lets nobody look. */
export type FailedWhy = 'denied' | 'rejected' | 'ended' | 'other-rate' | 'ignored' | 'not-found' | 'unseen';

export interface Approval {
  by: Actor;
  at: string;
  comment: string | null;
}

/** How a request ended, with what is known of it. */
export interface Ending {
  at: string;
  by: Actor | null;
  comment: string | null;
  why: string | null;
  /** The rate read back from AWS, where one was read. */
  rate: number | null;
  awsRequestId: string | null;
  refused: Refused | null;
}

/** What a request is about that only gives a running limit more time: no rate changes. */
export interface Extension {
  /** The request whose time it lengthens. */
  request: string;
  /** When the limit is to end then. */
  dueAt: string;
  /** From when the limit first came into force until then: what `maxDuration` bounds. */
  totalSeconds: number;
}

export interface ThrottleRequest {
  id: string;
  version: number;
  status: RequestStatus;
  requester: Actor;
  channel: string;
  execution: string;
  account: string;
  region: string;
  taskName: string | null;
  mode: string | null;
  from: number;
  to: number;
  direction: Direction;
  durationSeconds: number | null;
  /** The instant that it was asked until, whenever it comes into force; absent in older states. */
  until?: string | null;
  reason: string | null;
  rule: string;
  policy: string;
  approvalsNeeded: number;
  approvals: Approval[];
  requestedAt: string;
  expiresAt: string;
  apply: ApplyProgress | null;
  ending: Ending | null;
  /** Null: no more than the rate is changed. */
  extends: Extension | null;
  /** The request that it sets back. */
  undoes: string | null;
  /** Why it needed more approvals than the change alone; absent in what an older version stored. */
  takeover?: Takeover | null;
  /** Null: nothing lifts the limit by itself. */
  hold: Hold | null;
  drift: Drift | null;
}

/** What `requested` must carry beside the record's own fields, for the fold. */
export interface RequestedDetail {
  taskName: string | null;
  mode: string | null;
  direction: Direction;
  duration: number | null;
  until?: string;
  approvals: number;
  expiresAt: string;
  extends?: Extension;
  undoes?: string;
  takeover?: Takeover;
  /** The digests of the policies that counted, where there was more than one. */
  policies?: string[];
}

const ENDED: ReadonlySet<RequestStatus> = new Set(['applied', 'failed', 'stale', 'denied', 'cancelled', 'expired']);

/** An open request still can change; an ended one never does. */
export function isOpen(request: Pick<ThrottleRequest, 'status'>): boolean {
  return !ENDED.has(request.status);
}

/**
 * The next state. Events that say nothing about a request's state leave it as it is.
 * @throws Error on an event that does not fit: a log that says so is not one that we wrote.
 */
export function evolve(state: ThrottleRequest | null, event: DatedEvent): ThrottleRequest | null {
  if (event.event === 'requested') return begin(state, event);
  if (state === null) return null;
  if (event.request !== state.id) throw new Error(`record of ${event.request} folded into ${state.id}`);
  switch (event.event) {
    case 'approved':
      return approve(next(state, event), event);
    case 'denied':
      return end(state, event, 'denied');
    case 'cancelled':
      return end(state, event, 'cancelled');
    case 'expired':
      return end(state, event, 'expired');
    case 'apply.started':
      return startApply(next(state, event), event);
    case 'apply.unknown':
      return { ...next(state, event), apply: unseen(applyOf(state), event) };
    case 'applied':
      return end(state, event, 'applied');
    case 'apply.failed':
      return end(state, event, 'failed');
    case 'apply.stale':
      return end(state, event, 'stale');
    case 'revert.scheduled':
    case 'revert.started':
    case 'reverted':
    case 'revert.skipped':
    case 'revert.failed':
      return { ...afterApplied(state, event), hold: evolveHold(state.hold ?? null, event as HoldEvent) };
    case 'drift.detected':
      return { ...afterApplied(state, event), drift: { at: event.at, rate: (event.detail as { rate: number }).rate } };
    case 'refused':
    case 'decision.refused':
    case 'policy.loaded':
    case 'audit.exported':
    case 'audit.archived':
    case 'loss.accepted':
      return state;
    default:
      return unknownEvent(event.event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`unknown event ${String(event)}`);
}

/** The version counts the events that changed the state; a gap means that the records are not this state's. */
function next(state: ThrottleRequest, event: DatedEvent): ThrottleRequest {
  if (!isOpen(state)) throw new Error(`${event.event} after ${state.id} had ended`);
  return counted(state, event);
}

/** What comes of a limit that is in force: the request itself has ended. */
function afterApplied(state: ThrottleRequest, event: DatedEvent): ThrottleRequest {
  if (state.status !== 'applied') throw new Error(`${event.event} of ${state.id}, which is not in force`);
  return counted(state, event);
}

function counted(state: ThrottleRequest, event: DatedEvent): ThrottleRequest {
  if (event.version !== state.version + 1)
    throw new Error(`${state.id}: version ${event.version} after ${state.version}`);
  return { ...state, version: event.version };
}

function begin(state: ThrottleRequest | null, event: DatedEvent): ThrottleRequest {
  if (state) throw new Error(`${state.id} was requested already`);
  const detail = event.detail as unknown as RequestedDetail | null;
  const { request, actor, channel, execution, account, region, from, to, rule, policy } = event;
  if (!detail || !request || !actor || !channel || !execution || !account || !region || !rule || !policy) {
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
    takeover: detail.takeover ?? null,
    hold: null,
    drift: null,
  };
}

/** One person counts once, however often they approve. */
function approve(state: ThrottleRequest, event: DatedEvent): ThrottleRequest {
  const { actor: by } = event;
  if (!by || state.status !== 'pending') throw new Error(`${state.id} can't be approved here`);
  const detail = event.detail as { comment: string | null; complete: boolean; needed: number; expiresAt: string };
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

function startApply(state: ThrottleRequest, event: DatedEvent): ThrottleRequest {
  if (state.status !== 'approved' && state.status !== 'applying') throw new Error(`${state.id} is not agreed`);
  return { ...state, status: 'applying', apply: begun(state.apply, event) };
}

function applyOf(state: ThrottleRequest): ApplyProgress {
  if (!state.apply) throw new Error(`${state.id}: an outcome before the intent`);
  return state.apply;
}

interface EndingDetail extends Partial<Pick<Ending, 'comment' | 'rate' | 'refused'>> {
  why?: string;
}

function end(before: ThrottleRequest, event: DatedEvent, status: RequestStatus): ThrottleRequest {
  const state = next(before, event);
  // More time is in force as soon as it is on record: nothing is sent.
  if (status === 'applied' && !state.extends) applyOf(state);
  if (status === 'failed' && state.status === 'pending') throw new Error(`${state.id} failed before it was agreed`);
  const detail = event.detail as EndingDetail | null;
  return {
    ...state,
    status,
    ending: {
      at: event.at,
      by: event.actor,
      comment: detail?.comment ?? null,
      why: detail?.why ?? null,
      rate: detail?.rate ?? null,
      awsRequestId: event.aws?.requestId ?? null,
      refused: detail?.refused ?? null,
    },
  };
}
