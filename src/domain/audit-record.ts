import { type AuditEvent, type DatedEvent, EVENTS } from './throttle-request.ts';

/** Where a log stands: the place of its last record. */
export interface AuditHead {
  log: string;
  seq: number;
  hash: string;
  at: string;
}

/** One record of the audit log, as its bytes say it. Format version 1. */
export interface AuditRecord extends DatedEvent {
  v: 1;
  log: string;
  seq: number;
  prev: string;
  op: string;
}

/** What stands before the first record. */
export const GENESIS = '0'.repeat(64);

/**
 * The exact text of the record that follows `head`: compact JSON, keys always in this order.
 * `at` never goes back, whatever the clock does.
 */
export function writeRecord(head: AuditHead, event: AuditEvent, op: string, now: Date): string {
  const at = now.toISOString();
  const record: AuditRecord = {
    v: 1,
    log: head.log,
    seq: head.seq + 1,
    prev: head.hash,
    at: at < head.at ? head.at : at,
    event: event.event,
    request: event.request,
    version: event.version,
    actor: event.actor,
    channel: event.channel,
    execution: event.execution,
    account: event.account,
    region: event.region,
    from: event.from,
    to: event.to,
    reason: event.reason,
    rule: event.rule,
    policy: event.policy,
    op,
    aws: event.aws,
    detail: event.detail,
  };
  return JSON.stringify(record);
}

/**
 * Reads a record's bytes back.
 * @throws SyntaxError where it is no JSON; Error where it is no record of version 1.
 */
export function readRecord(bytes: string): AuditRecord {
  const record = JSON.parse(bytes) as AuditRecord;
  if (record === null || typeof record !== 'object' || record.v !== 1 || !EVENTS.includes(record.event)) {
    throw new Error('not an audit record of version 1');
  }
  return record;
}
