/** A person as the log names them: never by name alone. */
export interface Actor {
  team: string;
  user: string;
  name: string;
}

/** Every event that a record can tell of. */
export const EVENTS = [
  'requested',
  'refused',
  'approved',
  'decision.refused',
  'denied',
  'cancelled',
  'expired',
  'apply.started',
  'applied',
  'apply.failed',
  'apply.stale',
  'apply.unknown',
  'revert.scheduled',
  'revert.started',
  'reverted',
  'revert.skipped',
  'revert.failed',
  'drift.detected',
  'policy.loaded',
  'audit.exported',
  'audit.archived',
  'loss.accepted',
] as const;

export type EventName = (typeof EVENTS)[number];

/**
 * What happened, before the log gives it a place (`seq`, `prev`, `at`). Fields as in the audit record;
 * `actor` null is the bot itself.
 */
export interface AuditEvent {
  event: EventName;
  request: string | null;
  version: number | null;
  actor: Actor | null;
  channel: string | null;
  execution: string | null;
  account: string | null;
  region: string | null;
  from: number | null;
  to: number | null;
  reason: string | null;
  rule: string | null;
  policy: string | null;
  /** `requestId` of the look that the event rests on; `updateRequestId` of the change itself. */
  aws: { requestId: string | null; updateRequestId?: string | null } | null;
  detail: Readonly<Record<string, unknown>> | null;
}

/** An event with its time, as the fold reads it. */
export interface DatedEvent extends AuditEvent {
  at: string;
}
