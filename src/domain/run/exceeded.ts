import { z } from 'zod';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';

export const exceeded = looseObject({
  /** The limit that would apply without the requested one; bytes per second, -1 unlimited. */
  rate: z.number(),
  /** From when on; null: from now on. */
  from: timestamp.nullable(),
});

/** The lower limit that a requested one exceeds, although it does not raise the limit at once. */
export type Exceeded = z.infer<typeof exceeded>;
