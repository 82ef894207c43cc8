import { type AuditEvent, type DatedEvent, EVENTS } from './audit-event.ts';

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
  const record = asRecord(JSON.parse(bytes));
  if (record === null) throw new Error('not an audit record of version 1');
  return record;
}

const TEXTS = ['request', 'channel', 'execution', 'account', 'region', 'reason', 'rule', 'policy'] as const;
const NUMBERS = ['version', 'from', 'to'] as const;
const OBJECTS = ['actor', 'aws', 'detail'] as const;

/** A value as the record that it is; null where it is none of version 1, or tells of an event that is not known here. */
export function asRecord(value: unknown): AuditRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const record = value as AuditRecord;
  const { v, log, seq, prev, at, op, event, actor } = record;
  const whole =
    v === 1 &&
    EVENTS.includes(event) &&
    Number.isSafeInteger(seq) &&
    !Number.isNaN(Date.parse(at)) &&
    [log, prev, at, op].every((text) => typeof text === 'string') &&
    TEXTS.every((name) => record[name] === null || typeof record[name] === 'string') &&
    NUMBERS.every((name) => record[name] === null || Number.isSafeInteger(record[name])) &&
    OBJECTS.every((name) => typeof record[name] === 'object') &&
    (actor === null || [actor.team, actor.user, actor.name].every((text) => typeof text === 'string'));
  return whole ? record : null;
}

/** What `loss.accepted` carries: what a person gave up, and how it is known that it once was there. */
export interface LossDetail {
  by: string;
  /** The places that no record has any more; null where the log was forked and had gone further. */
  gap: { first: number; last: number } | null;
  /** The first record that may be another than it was: what bots and checkpoints saw from here to `seen` is given up. */
  from: number;
  /** The highest record ever seen. */
  seen: { log: string; seq: number; hash: string };
  /** What the log goes on from; null where nothing was left. */
  survived: { log: string; seq: number; hash: string } | null;
  /** Up to where it was archived before: this record vouches for that from now on. */
  floor: { seq: number; hash: string } | null;
}

/** Up to where the log was archived, by what a record says of that; null where it says nothing. */
export function archivedOf(record: { event: string; detail?: unknown }): { seq: number; hash: string } | null {
  if (record.event === 'loss.accepted') return lossOf(record)?.floor ?? null;
  const { last, hash } = (record.detail ?? {}) as { last?: unknown; hash?: unknown };
  const says = record.event === 'audit.archived' && typeof last === 'number' && typeof hash === 'string';
  return says ? { seq: last, hash } : null;
}

/** Null where the record is of another event, or does not say it. */
export function lossOf(record: { event: string; detail?: unknown }): LossDetail | null {
  if (record.event !== 'loss.accepted') return null;
  const detail = record.detail as Partial<LossDetail> | null | undefined;
  const { seen, from } = detail ?? {};
  const whole = typeof seen?.seq === 'number' && typeof seen.log === 'string' && typeof from === 'number';
  return whole ? (detail as LossDetail) : null;
}

/** An event that is about no request, by the bot or by whoever runs it. */
export function plainEvent(event: AuditEvent['event'], but: Partial<AuditEvent>): AuditEvent {
  return {
    ...{
      event,
      request: null,
      version: null,
      actor: null,
      channel: null,
      execution: null,
      account: null,
      region: null,
    },
    ...{ from: null, to: null, reason: null, rule: null, policy: null, aws: null, detail: null },
    ...but,
  };
}

/** The task's own id in an execution's ARN, `task-…`. */
export function taskOf(execution: string): string {
  return execution.split('/')[1] ?? '';
}
