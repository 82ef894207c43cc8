import { z } from 'zod';
import { actor } from './actor.ts';
import {
  type AuditEvent,
  type Detail,
  EVENT_DETAILS,
  type EventFacts,
  type EventName,
  type EventOf,
  isEventName,
} from './audit-event.ts';
import { looseObject } from './loose-object.ts';

/** The position of the log's last record. */
export interface AuditHead {
  log: string;
  seq: number;
  hash: string;
  at: string;
}

/** The previous hash of the first record. */
export const GENESIS = '0'.repeat(64);

const text = z.string().nullable();
const whole = z.int().nullable();
const time = z.string().refine((at) => !Number.isNaN(Date.parse(at)));

const AWS = looseObject({ requestId: text, updateRequestId: text.exactOptional() });

function recordOf<E extends EventName>(event: E) {
  return looseObject({
    v: z.literal(1),
    log: z.string(),
    seq: z.int(),
    prev: z.string(),
    at: time,
    event: z.literal(event),
    request: text,
    version: whole,
    actor: actor.nullable(),
    channel: text,
    link: text.exactOptional(),
    execution: text,
    account: text,
    region: text,
    from: whole,
    to: whole,
    reason: text,
    rule: text,
    policy: text,
    op: z.string(),
    aws: AWS.nullable(),
    detail: EVENT_DETAILS[event],
  });
}

const auditRecord = z.discriminatedUnion('event', [
  recordOf('requested'),
  recordOf('refused'),
  recordOf('approved'),
  recordOf('decision.refused'),
  recordOf('denied'),
  recordOf('cancelled'),
  recordOf('expired'),
  recordOf('apply.started'),
  recordOf('applied'),
  recordOf('apply.failed'),
  recordOf('apply.stale'),
  recordOf('apply.unknown'),
  recordOf('revert.scheduled'),
  recordOf('revert.started'),
  recordOf('reverted'),
  recordOf('revert.skipped'),
  recordOf('revert.failed'),
  recordOf('drift.detected'),
  recordOf('policy.loaded'),
  recordOf('audit.exported'),
  recordOf('audit.archived'),
  recordOf('loss.accepted'),
  recordOf('link.window'),
]);

/** One parsed record of the audit log. Format version 1. */
export type AuditRecord = z.infer<typeof auditRecord>;

/**
 * The exact text of the record that follows `head`: compact JSON, keys always in this order. `at` is never before that
 * of `head`, even if the clock went backwards.
 */
export function writeRecord(head: AuditHead, event: AuditEvent, op: string, now: Date): string {
  const at = now.toISOString();
  const record = {
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
    link: event.link ?? null,
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
 * Parses a record.
 * @throws SyntaxError if it is not JSON; Error if it is not a record of version 1, or has an event or a detail that
 * this version does not know
 */
export function readRecord(bytes: string): AuditRecord {
  const value: unknown = JSON.parse(bytes);
  const record = typeof value === 'object' && value !== null ? asRecordFast(value as Record<string, unknown>) : null;
  if (record) return record;
  const { error } = auditRecord.safeParse(value);
  throw new Error('not an audit record of version 1 that is known here', { cause: error });
}

/**
 * A parsed value as a record; null if it is not a record of version 1, or has an event or a detail that this version
 * does not know.
 */
export function asRecord(value: unknown): AuditRecord | null {
  return auditRecord.safeParse(value).data ?? null;
}

/**
 * The same as `asRecord` in a third of the time, for whoever reads many: the fields that all records have are checked by hand.
 * The record is the value itself.
 */
export function asRecordFast(value: Record<string, unknown>): AuditRecord | null {
  if (!hasFacts(value)) return null;
  const { data, error } = EVENT_DETAILS[value.event].safeParse(value.detail);
  return error ? null : (Object.assign(value, { detail: data }) as AuditRecord);
}

/** All fields but the detail. */
function hasFacts(
  value: Record<string, unknown>,
): value is Record<string, unknown> & Omit<AuditRecord, 'event'> & { event: EventName } {
  const { v, log, seq, prev, at, op, event, version, from, to, actor: by, aws } = value;
  return (
    v === 1 &&
    typeof log === 'string' &&
    Number.isSafeInteger(seq) &&
    typeof prev === 'string' &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    typeof op === 'string' &&
    isEventName(event) &&
    TEXTS.every((field) => isTextOrNull(value[field])) &&
    (value.link === undefined || isTextOrNull(value.link)) &&
    [version, from, to].every((number) => number === null || Number.isSafeInteger(number)) &&
    (by === null || actor.safeParse(by).success) &&
    (aws === null || AWS.safeParse(aws).success)
  );
}

const TEXTS = ['request', 'channel', 'execution', 'account', 'region', 'reason', 'rule', 'policy'] as const;

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

const NOTHING: EventFacts = {
  request: null,
  version: null,
  actor: null,
  channel: null,
  execution: null,
  account: null,
  region: null,
  from: null,
  to: null,
  reason: null,
  rule: null,
  policy: null,
  aws: null,
};

/** An event that concerns no request, caused by the bot or its operator. */
export function plainEvent<E extends EventName>(
  event: E,
  { detail, ...facts }: Partial<EventFacts> & { detail: Detail<E> },
): EventOf<E> {
  return { ...NOTHING, ...facts, event, detail };
}

/** The task's own id in an execution's ARN, `task-…`. */
export function taskOf(execution: string): string {
  return execution.split('/')[1] ?? '';
}
