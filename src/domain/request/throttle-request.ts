/**
 * A throttle request: its state, and how it is stored.
 *
 * Glossary
 * - task execution: one run of a DataSync task; what a bandwidth limit belongs to.
 * - bandwidth limit, rate: bytes per second as AWS has it; -1 is unlimited.
 * - requester: who requests the change. approver: who may approve it, by the policy's rule. The requester never counts as one.
 * - from: the rate in force when the request was made; the request is about this change and no other.
 * - read-back: what DescribeTaskExecution says after the change; only that is `applied`.
 * - timed grant: a limit with an end, when the limit from before is set again (see timed-grant.ts). States call it `hold`.
 * - drift: somebody changed the limit outside the bot.
 * - record: one line of the audit log. The log is the list of events; a request is the fold of its records.
 */

import { z } from 'zod';
import { actor } from '../audit/actor.ts';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';
import { applyProgress, refused } from '../run/change/sending.ts';
import { exceeded } from '../run/exceeded.ts';
import { drift, timedGrant } from '../run/grant/timed-grant.ts';

const requestStatus = z.enum([
  'pending',
  'approved',
  'applying',
  'applied',
  'failed',
  'stale',
  'denied',
  'cancelled',
  'expired',
]);
export type RequestStatus = z.infer<typeof requestStatus>;

/** How a change affects the current limit. */
export const direction = z.enum(['lower', 'raise', 'unlimited']);

/** Why a request ended before anything was sent to AWS. */
export const STALE_WHY = ['policy', 'rate', 'status', 'timer'] as const;
export type StaleWhy = (typeof STALE_WHY)[number];

/**
 * Why a change failed after it was begun. `unseen`: it may have taken effect, but AWS denies reading the execution.
 * `not-approved`: its approvals don't count any more for a limit that would be set so much later.
 */
export const FAILED_WHY = [
  'denied',
  'rejected',
  'ended',
  'other-rate',
  'ignored',
  'not-found',
  'unseen',
  'not-approved',
] as const;
export type FailedWhy = (typeof FAILED_WHY)[number];

const approval = looseObject({ by: actor, at: timestamp, comment: z.string().nullable() });
export type Approval = z.infer<typeof approval>;

const ending = looseObject({
  at: timestamp,
  by: actor.nullable(),
  comment: z.string().nullable(),
  why: z.string().nullable(),
  /** The rate read back from AWS, if one was read. */
  rate: z.number().nullable(),
  awsRequestId: z.string().nullable(),
  refused: refused.nullable().default(null),
});

/** How a request ended, with what is known about it. */
export type Ending = z.infer<typeof ending>;

export const extension = looseObject({
  /** The request that it extends. */
  request: z.string(),
  /** The new end of the limit. */
  dueAt: timestamp,
  /** From when the limit was first set until the new end; `maxDuration` limits this. */
  totalSeconds: z.number(),
});

/** The content of a request that only extends a limit: the rate does not change. */
export type Extension = z.infer<typeof extension>;

/**
 * A stored request, with its fields in the order in which they are written. Fields with a default are absent in older
 * states.
 */
export const throttleRequest = looseObject({
  id: z.string(),
  version: z.number(),
  status: requestStatus,
  requester: actor,
  channel: z.string(),
  execution: z.string(),
  account: z.string(),
  region: z.string(),
  taskName: z.string().nullable(),
  mode: z.string().nullable(),
  from: z.number(),
  to: z.number(),
  direction,
  durationSeconds: z.number().nullable(),
  /** The requested end, independent of when the limit is set; absent in older states. */
  until: timestamp.nullable().exactOptional(),
  reason: z.string().nullable(),
  rule: z.string(),
  policy: z.string(),
  approvalsNeeded: z.number(),
  approvals: z.array(approval),
  requestedAt: timestamp,
  expiresAt: timestamp,
  apply: applyProgress.nullable(),
  ending: ending.nullable(),
  /** Null: the request changes the rate. */
  extends: extension.nullable().default(null),
  /** The request that it undoes. */
  undoes: z.string().nullable().default(null),
  /** The lower limit that it exceeds later, if it does not raise the limit at once; absent in older states. */
  exceeds: exceeded.nullable().exactOptional(),
  /** Null: the limit has no end of its own. */
  hold: timedGrant.nullable().default(null),
  drift: drift.nullable().default(null),
});

export type ThrottleRequest = z.infer<typeof throttleRequest>;

const ENDED: ReadonlySet<RequestStatus> = new Set(['applied', 'failed', 'stale', 'denied', 'cancelled', 'expired']);

/** An open request can still change; a closed one never does. */
export function isOpen(request: Pick<ThrottleRequest, 'status'>): boolean {
  return !ENDED.has(request.status);
}
