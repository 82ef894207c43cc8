import { z } from 'zod';
import { putOff, refused } from '../run/sending.ts';
import { REVERT_FAILED_WHY, SKIPPED_WHY } from '../run/timed-grant.ts';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

export const revertScheduledDetail = looseObject({
  base: z.number(),
  since: timestamp,
  dueAt: timestamp,
  role: z.string().nullable(),
});

export const revertStartedDetail = looseObject({
  attempt: z.number(),
  role: z.string().nullable(),
  putOff: putOff.exactOptional(),
});

export const revertedDetail = looseObject({ rate: z.number(), status: z.string(), attempt: z.number() });

export const revertSkippedDetail = looseObject({
  why: z.enum(SKIPPED_WHY),
  rate: z.number().nullable(),
  status: z.string().exactOptional(),
  said: z.string().exactOptional(),
  replacedBy: z.string().exactOptional(),
  extendedUntil: timestamp.exactOptional(),
});

export const revertFailedDetail = looseObject({
  why: z.enum(REVERT_FAILED_WHY),
  rate: z.number().nullable(),
  refused: refused.exactOptional(),
});

export const driftDetectedDetail = looseObject({ rate: z.number(), expected: z.number(), status: z.string() });
