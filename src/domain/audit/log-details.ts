import { z } from 'zod';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

const place = looseObject({ log: z.string(), seq: z.number(), hash: z.string() });

/** The range of an export; null: there was no record in the range. */
export const auditExportedDetail = looseObject({
  by: z.string(),
  log: z.string().nullable(),
  first: z.number().nullable(),
  last: z.number().nullable(),
  hash: z.string().nullable(),
  count: z.number(),
  at: timestamp,
});

export const auditArchivedDetail = looseObject({
  by: z.string(),
  log: z.string(),
  first: z.number(),
  last: z.number(),
  hash: z.string(),
  count: z.number(),
  at: timestamp,
});

/** The loss that a person accepted, and the evidence that the records once existed. */
export const lossAcceptedDetail = looseObject({
  by: z.string(),
  /** The positions without a record; null if the log was forked and had gone further. */
  gap: looseObject({ first: z.number(), last: z.number() }).nullable(),
  /**
   * The first record that may have been replaced. What bots and checkpoints observed from here to `seen` is given up.
   */
  from: z.number(),
  /** The highest record ever seen. */
  seen: place,
  /** The record that the log continues from; null if nothing was left. */
  survived: place.nullable(),
  /**
   * The position up to which the log had been archived; from now on this record vouches for it. Absent in older
   * records.
   */
  floor: looseObject({ seq: z.number(), hash: z.string() }).nullable().exactOptional(),
});

export type LossDetail = z.infer<typeof lossAcceptedDetail>;
