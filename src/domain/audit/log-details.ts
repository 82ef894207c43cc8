import { z } from 'zod';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

const place = looseObject({ log: z.string(), seq: z.number(), hash: z.string() });

/** What an export is of; nulls: there was no record in its range. */
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

/** What a person gave up, and how it is known that it once was there. */
export const lossAcceptedDetail = looseObject({
  by: z.string(),
  /** The places that no record has any more; null where the log was forked and had gone further. */
  gap: looseObject({ first: z.number(), last: z.number() }).nullable(),
  /** The first record that may have been replaced: what bots and checkpoints saw from here to `seen` is given up. */
  from: z.number(),
  /** The highest record ever seen. */
  seen: place,
  /** What the log goes on from; null where nothing was left. */
  survived: place.nullable(),
  /** Up to where it was archived before: this record vouches for that from now on. Absent in older records. */
  floor: looseObject({ seq: z.number(), hash: z.string() }).nullable().exactOptional(),
});

export type LossDetail = z.infer<typeof lossAcceptedDetail>;
