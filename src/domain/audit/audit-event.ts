import type { z } from 'zod';
import type { Actor } from './actor.ts';
import {
  appliedDetail,
  applyFailedDetail,
  applyStaleDetail,
  applyStartedDetail,
  applyUnknownDetail,
} from './apply-details.ts';
import { linkWindowDetail } from './link-details.ts';
import { auditArchivedDetail, auditExportedDetail, lossAcceptedDetail } from './log-details.ts';
import {
  approvedDetail,
  decisionRefusedDetail,
  deniedDetail,
  expiredDetail,
  noDetail,
  refusedDetail,
  requestedDetail,
} from './request-details.ts';
import {
  driftDetectedDetail,
  revertedDetail,
  revertFailedDetail,
  revertScheduledDetail,
  revertSkippedDetail,
  revertStartedDetail,
} from './revert-details.ts';

/**
 * All events of the audit log, with the schema of each `detail`. docs/audit-events.md explains them. Records of older
 * versions must still parse, so a field that was added later is optional.
 */
export const EVENT_DETAILS = {
  requested: requestedDetail,
  refused: refusedDetail,
  approved: approvedDetail,
  'decision.refused': decisionRefusedDetail,
  denied: deniedDetail,
  cancelled: noDetail,
  expired: expiredDetail,
  'apply.started': applyStartedDetail,
  applied: appliedDetail,
  'apply.failed': applyFailedDetail,
  'apply.stale': applyStaleDetail,
  'apply.unknown': applyUnknownDetail,
  'revert.scheduled': revertScheduledDetail,
  'revert.started': revertStartedDetail,
  reverted: revertedDetail,
  'revert.skipped': revertSkippedDetail,
  'revert.failed': revertFailedDetail,
  'drift.detected': driftDetectedDetail,
  'policy.loaded': noDetail,
  'audit.exported': auditExportedDetail,
  'audit.archived': auditArchivedDetail,
  'loss.accepted': lossAcceptedDetail,
  'link.window': linkWindowDetail,
} as const;

export type EventName = keyof typeof EVENT_DETAILS;

export type Detail<E extends EventName> = z.output<(typeof EVENT_DETAILS)[E]>;

export const EVENTS = Object.keys(EVENT_DETAILS) as readonly EventName[];

export function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(EVENT_DETAILS, name);
}

/** The fields that all events have, as in the audit record; null: does not apply. */
export interface EventFacts {
  request: string | null;
  version: number | null;
  /** Null: the bot itself. */
  actor: Actor | null;
  channel: string | null;
  /** The name of the link that it is about, or that the execution belongs to. Absent: none. */
  link?: string | null;
  execution: string | null;
  account: string | null;
  region: string | null;
  from: number | null;
  to: number | null;
  reason: string | null;
  rule: string | null;
  policy: string | null;
  /** `requestId`: AWS's id of the read that the event is based on. `updateRequestId`: that of the change itself. */
  aws: { requestId: string | null; updateRequestId?: string | null } | null;
}

/** One kind of event, before the log assigns its position and time (`seq`, `prev`, `at`). */
export interface EventOf<E extends EventName> extends EventFacts {
  event: E;
  detail: Detail<E>;
}

/** An event: discriminated by `event`, each with its own `detail`. */
export type AuditEvent = { [E in EventName]: EventOf<E> }[EventName];

/** An event with its time, as `evolve` takes it. */
export type DatedEvent = AuditEvent & { at: string };
