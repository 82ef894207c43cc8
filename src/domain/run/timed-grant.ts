import { z } from 'zod';
import { actor } from '../audit/actor.ts';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';
import { putOff, refused } from './sending.ts';

/** Why a limit is not reverted when its time is over. */
export const SKIPPED_WHY = ['changed', 'ended', 'replaced'] as const;
export type SkippedWhy = (typeof SKIPPED_WHY)[number];

/** Why a limit could not be reverted. */
export const REVERT_FAILED_WHY = ['denied', 'rejected', 'ignored', 'unseen'] as const;
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
  /** The rate before it, bytes per second, -1 unlimited: what it reverts to. */
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

export const takeover = looseObject({
  /** The request that set the current limit. */
  request: z.string(),
  /**
   * The rate that the current limit reverts to, and so will the one that replaces it; bytes per second, -1 unlimited.
   */
  base: z.number(),
  /** When the current limit reverts. */
  dueAt: timestamp,
  /**
   * Why a change to `base` must be approved as well. `ends-earlier`: that rate would come sooner. `revert-now`: people
   * could cause it who can't today.
   */
  why: z.enum(['ends-earlier', 'revert-now']),
});

/** A request that replaces a limit whose end raises the rate, and that moves this end or lets other people move it. */
export type Takeover = z.infer<typeof takeover>;

/** The limit was changed outside the bot: what AWS showed. */
export const drift = looseObject({ at: timestamp, rate: z.number() });

/** The new end, if another request extends this one; null: none does. */
export function extendedUntil(
  { id, hold }: { id: string; hold?: TimedGrant | null },
  by: { extends: { request: string; dueAt: string } | null; hold: TimedGrant | null } | null,
): string | null {
  if (by?.extends?.request === id) return by.hold?.dueAt ?? by.extends.dueAt;
  return hold?.end?.extendedUntil ?? null;
}

/** Whether the grant is open: its time is not over, or its revert is under way. */
export function hasOpenGrant(request: { hold?: TimedGrant | null }): request is { hold: TimedGrant } {
  return request.hold != null && request.hold.end === null;
}

/** Whether its revert may be on its way to AWS. */
export function isReverting(request: { hold?: TimedGrant | null }): boolean {
  return hasOpenGrant(request) && request.hold.sent !== null;
}
