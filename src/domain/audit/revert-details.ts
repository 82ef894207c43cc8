import { z } from 'zod';
import { openOutcome, putOff, refused } from '../run/change/sending.ts';
import { REVERT_FAILED_WHY, SKIPPED_WHY } from '../run/grant/timed-grant.ts';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

export const revertScheduledDetail = looseObject({
  base: z.number(),
  since: timestamp,
  dueAt: timestamp,
  role: z.string().nullable(),
  /** Set if it ends early and nobody asked for that. `approvals`: another grant ended, and without that one it needs more approvals than it has. */
  why: z.literal('approvals').exactOptional(),
});

export const revertStartedDetail = looseObject({
  attempt: z.number(),
  role: z.string().nullable(),
  putOff: putOff.exactOptional(),
  /** The request whose limit applies again; absent or null: the limit from before, or the link's where `link` is set. */
  grant: z.string().nullable().exactOptional(),
  /** The link whose limit applies next, or that caps the one that does. */
  link: z.string().exactOptional(),
});

export const revertedDetail = looseObject({
  rate: z.number(),
  status: z.string(),
  attempt: z.number(),
  open: openOutcome,
});

export const revertSkippedDetail = looseObject({
  why: z.enum(SKIPPED_WHY),
  rate: z.number().nullable(),
  status: z.string().exactOptional(),
  said: z.string().exactOptional(),
  /** With `same-rate`: the request whose limit applies next; absent or null: the limit from before, or the link's where `link` is set. */
  grant: z.string().nullable().exactOptional(),
  /** With `same-rate`: the link whose limit applies next, or that caps the one that does. */
  link: z.string().exactOptional(),
  /** With `replaced`. */
  replacedBy: z.string().exactOptional(),
  extendedUntil: timestamp.exactOptional(),
});

export const revertFailedDetail = looseObject({
  why: z.enum(REVERT_FAILED_WHY),
  rate: z.number().nullable(),
  refused: refused.exactOptional(),
});

export const driftDetectedDetail = looseObject({ rate: z.number(), expected: z.number(), status: z.string() });
