import { z } from 'zod';
import { FAILED_WHY, STALE_WHY } from '../request/throttle-request.ts';
import { openOutcome, putOff, refused } from '../run/change/sending.ts';
import { looseObject } from './loose-object.ts';
import { policies } from './request-details.ts';

export const applyStartedDetail = looseObject({
  attempt: z.number(),
  role: z.string().nullable(),
  putOff: putOff.exactOptional(),
  /** Absent: a request is applied. */
  cause: z.enum(['late-write', 'link']).exactOptional(),
  /** Without a request: the one whose limit is set; null: the limit from before; absent: neither, where `link` is set. */
  grant: z.string().nullable().exactOptional(),
  /** The link whose limit is set, or that caps the one that is. */
  link: z.string().exactOptional(),
  policies,
});

export const appliedDetail = looseObject({
  rate: z.number(),
  status: z.string(),
  attempt: z.number().exactOptional(),
  open: openOutcome,
  /** The link that caps the limit, where nothing had to be sent for the request. */
  cappedBy: z.string().exactOptional(),
});

export const applyFailedDetail = looseObject({
  why: z.enum(FAILED_WHY),
  rate: z.number().nullable(),
  status: z.string().exactOptional(),
  attempt: z.number().exactOptional(),
  refused: refused.exactOptional(),
  said: z.string().exactOptional(),
});

export const applyStaleDetail = looseObject({
  why: z.enum(STALE_WHY),
  rate: z.number().nullable(),
  status: z.string().exactOptional(),
  said: z.string().exactOptional(),
  policies,
});

export const applyUnknownDetail = looseObject({
  why: z.string(),
  said: z.string().exactOptional(),
  refused: refused.exactOptional(),
});
