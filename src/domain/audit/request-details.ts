import { z } from 'zod';
import { direction, extension } from '../request/throttle-request.ts';
import { exceeded } from '../run/exceeded.ts';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

/** The digests of the policies that were applied, if the bots ran more than one. */
export const policies = z.array(z.string()).exactOptional();

/** For an event without details of its own. Fields added by a newer version are ignored. */
export const noDetail = looseObject({})
  .nullable()
  .transform(() => null);

export const requestedDetail = looseObject({
  taskName: z.string().nullable(),
  mode: z.string().nullable(),
  direction,
  /** Seconds. */
  duration: z.number().nullable(),
  approvals: z.number(),
  expiresAt: timestamp,
  until: timestamp.exactOptional(),
  extends: extension.exactOptional(),
  undoes: z.string().exactOptional(),
  exceeds: exceeded.exactOptional(),
  policies,
});

export type RequestedDetail = z.infer<typeof requestedDetail>;

export const refusedDetail = looseObject({
  why: z.string(),
  denial: z.string().exactOptional(),
  limit: z.string().exactOptional(),
  most: z.number().exactOptional(),
  open: z.array(z.string()).exactOptional(),
  percent: z.number().exactOptional(),
  /** Seconds. */
  duration: z.number().exactOptional(),
  until: timestamp.exactOptional(),
  undoes: z.string().exactOptional(),
  /** The attempted action, in words, or the query of a look-up. */
  of: z.union([z.string(), z.record(z.string(), z.unknown())]).exactOptional(),
  request: z.string().exactOptional(),
  policies,
});

export const approvedDetail = looseObject({
  comment: z.string().nullable(),
  count: z.number(),
  needed: z.number(),
  complete: z.boolean(),
  expiresAt: timestamp,
  policies,
});

export const decisionRefusedDetail = looseObject({
  why: z.string(),
  denial: z.string().exactOptional(),
  policies,
});

export const deniedDetail = looseObject({ comment: z.string() });

export const expiredDetail = looseObject({ was: z.enum(['pending', 'approved']) });
