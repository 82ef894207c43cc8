import type { AuditEvent } from '../../../domain/audit/audit-event.ts';

/** The parts of a record's detail that are shown; absent: none. */
interface RecordFacts {
  why?: string;
  denial?: string | undefined;
  comment?: string | null;
  rate?: number | null;
  dueAt?: string;
  replacedBy?: string | undefined;
  extendedUntil?: string | undefined;
  until?: string | undefined;
  /** Seconds. */
  duration?: number | null | undefined;
  approvals?: { done: number; needed: number };
}

/** Fields are listed one by one, so that a field added by a newer version is not shown unchecked. */
export function recordFacts(record: AuditEvent): RecordFacts {
  switch (record.event) {
    case 'requested': {
      const { until, duration, approvals: needed } = record.detail;
      return { until, duration, approvals: { done: 0, needed } };
    }
    case 'refused': {
      const { why, denial, limit, until, duration } = record.detail;
      return { why, denial: denial ?? limit, until, duration };
    }
    case 'approved': {
      const { comment, count: done, needed } = record.detail;
      return { comment, approvals: { done, needed } };
    }
    case 'decision.refused':
      return { why: record.detail.why, denial: record.detail.denial };
    case 'denied':
      return { comment: record.detail.comment };
    case 'applied':
    case 'reverted':
    case 'drift.detected':
      return { rate: record.detail.rate };
    case 'apply.failed':
    case 'apply.stale':
    case 'revert.failed':
      return { why: record.detail.why, rate: record.detail.rate };
    case 'apply.unknown':
      return { why: record.detail.why };
    case 'revert.scheduled':
      return { dueAt: record.detail.dueAt };
    case 'revert.skipped': {
      const { why, rate, replacedBy, extendedUntil } = record.detail;
      return { why, rate, replacedBy, extendedUntil };
    }
    case 'cancelled':
    case 'expired':
    case 'apply.started':
    case 'revert.started':
    case 'policy.loaded':
    case 'audit.exported':
    case 'audit.archived':
    case 'loss.accepted':
    case 'link.window':
      return {};
    default:
      return unknownEvent(record);
  }
}

function unknownEvent(_: never): never {
  throw new Error('a record of an event that is not known here');
}
