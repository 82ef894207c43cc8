import { z } from 'zod';
import { actor } from '../audit/actor.ts';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';
import { putOff, refused } from './sending.ts';

/** Why a limit is left alone when its time is over. */
export const SKIPPED_WHY = ['changed', 'ended', 'replaced'] as const;
export type SkippedWhy = (typeof SKIPPED_WHY)[number];

/** Why a limit could not be reverted. */
export const REVERT_FAILED_WHY = ['denied', 'rejected', 'ignored', 'unseen'] as const;
export type RevertFailedWhy = (typeof REVERT_FAILED_WHY)[number];

const grantEnd = looseObject({
  at: timestamp,
  how: z.enum(['reverted', 'skipped', 'failed']),
  why: z.enum([...SKIPPED_WHY, ...REVERT_FAILED_WHY]).nullable(),
  /** The rate read back from AWS, where one was read. */
  rate: z.number().nullable(),
  /** The request whose limit, or longer time, took its place. */
  replacedBy: z.string().nullable(),
  /** Where that request only adds time: until then. Absent in what an older version stored. */
  extendedUntil: timestamp.nullable().exactOptional(),
  awsRequestId: z.string().nullable(),
  refused: refused.nullable().default(null),
});

export type GrantEnd = z.infer<typeof grantEnd>;

export const timedGrant = looseObject({
  /** The rate in force before it, bytes per second, -1 unlimited: what it reverts to. */
  base: z.number(),
  /** When the limit was first set: what it was extended by counts from here too. */
  since: timestamp,
  dueAt: timestamp,
  /** The role that the limit was set under, and is reverted under. Null: the bot's own credentials. */
  role: z.string().nullable(),
  scheduledAt: timestamp,
  /** Who ended it early; null where its time decides. */
  by: actor.nullable(),
  /** When the revert was last about to be sent: the intent is recorded first. */
  sent: looseObject({
    sentAt: timestamp,
    attempt: z.number(),
    putOff: putOff.nullable().exactOptional(),
  }).nullable(),
  end: grantEnd.nullable(),
});

/**
 * A limit with an end: until when it applies, what it reverts to, and what came of that. The request has ended as a request;
 * this goes on until the limit was reverted, or is left alone for a reason.
 */
export type TimedGrant = z.infer<typeof timedGrant>;

export const takeover = looseObject({
  /** The request whose limit runs. */
  request: z.string(),
  /** What that one reverts to, and so does what takes its place; bytes per second, -1 unlimited. */
  base: z.number(),
  /** When that one reverts. */
  dueAt: timestamp,
  /**
   * Why the approvals of a change to `base` are needed. `ends-earlier`: that rate would come sooner. `revert-now`: somebody
   * could bring it about who can't today.
   */
  why: z.enum(['ends-earlier', 'revert-now']),
});

/** A request takes the place of a limit whose end raises the rate, and moves that end, or lets others move it. */
export type Takeover = z.infer<typeof takeover>;

/** Somebody changed the limit outside the bot: what AWS showed. */
export const drift = looseObject({ at: timestamp, rate: z.number() });

/** Until when another request lengthens the time of this one; null: it does not. */
export function extendedUntil(
  { id, hold }: { id: string; hold?: TimedGrant | null },
  by: { extends: { request: string; dueAt: string } | null; hold: TimedGrant | null } | null,
): string | null {
  if (by?.extends?.request === id) return by.hold?.dueAt ?? by.extends.dueAt;
  return hold?.end?.extendedUntil ?? null;
}

/** Whether its time still runs, or its revert is under way. */
export function hasOpenGrant(request: { hold?: TimedGrant | null }): request is { hold: TimedGrant } {
  return request.hold != null && request.hold.end === null;
}

/** Whether its revert may be on its way to AWS. */
export function isReverting(request: { hold?: TimedGrant | null }): boolean {
  return hasOpenGrant(request) && request.hold.sent !== null;
}
