import { z } from 'zod';
import { actor } from '../../audit/actor.ts';
import { looseObject } from '../../audit/loose-object.ts';
import { timestamp } from '../../audit/timestamp.ts';
import { putOff, refused } from '../change/sending.ts';

/**
 * Why no change is sent when a grant is over. `changed`: the limit was changed outside the bot. `ended`: the execution has ended.
 * `covered`: a limit that was set later applies, or already did not apply any more. `same-rate`: what applies next has the same
 * rate. `replaced`: in records of older versions.
 */
export const SKIPPED_WHY = ['changed', 'ended', 'covered', 'same-rate', 'replaced'] as const;
export type SkippedWhy = (typeof SKIPPED_WHY)[number];

/** Why a limit could not be reverted. `base-unknown`: the records of the limit before it are lost. */
export const REVERT_FAILED_WHY = ['denied', 'rejected', 'ignored', 'unseen', 'base-unknown'] as const;
export type RevertFailedWhy = (typeof REVERT_FAILED_WHY)[number];

const grantEnd = looseObject({
  at: timestamp,
  how: z.enum(['reverted', 'skipped', 'failed']),
  why: z.enum([...SKIPPED_WHY, ...REVERT_FAILED_WHY]).nullable(),
  /** The rate read back from AWS, if one was read. */
  rate: z.number().nullable(),
  /** The request that replaced it, with another limit or with more time. */
  replacedBy: z.string().nullable(),
  /** The new end, if that request only extends it. Absent in states stored by older versions. */
  extendedUntil: timestamp.nullable().exactOptional(),
  awsRequestId: z.string().nullable(),
  refused: refused.nullable().default(null),
});

export type GrantEnd = z.infer<typeof grantEnd>;

export const timedGrant = looseObject({
  /** What it reverts to, as far as is known: bytes per second, -1 unlimited. */
  base: z.number(),
  /** When the limit was first set; its total time, extensions included, counts from here. */
  since: timestamp,
  dueAt: timestamp,
  /** The role that the limit was set with and is reverted with. Null: the bot's own credentials. */
  role: z.string().nullable(),
  scheduledAt: timestamp,
  /** Who reverted it early; null if it ends on time. */
  by: actor.nullable(),
  /** When the revert was last about to be sent: the intent is recorded before. */
  sent: looseObject({
    sentAt: timestamp,
    attempt: z.number(),
    putOff: putOff.nullable().exactOptional(),
  }).nullable(),
  end: grantEnd.nullable(),
});

/**
 * A limit with an end: when it ends, what it reverts to, and the outcome. It outlives its request, which has ended,
 * until the limit was reverted or is not going to be.
 */
export type TimedGrant = z.infer<typeof timedGrant>;

/** The limit was changed outside the bot: what AWS showed. */
export const drift = looseObject({ at: timestamp, rate: z.number() });

/** Whether the grant is open: its time is not over, or its revert is under way. */
export function hasOpenGrant(request: { hold?: TimedGrant | null }): request is { hold: TimedGrant } {
  return request.hold != null && request.hold.end === null;
}

/** Whether its revert may be on its way to AWS. */
export function isReverting(request: { hold?: TimedGrant | null }): boolean {
  return hasOpenGrant(request) && request.hold.sent !== null;
}
