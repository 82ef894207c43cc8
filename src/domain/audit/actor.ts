import { z } from 'zod';
import { looseObject } from './loose-object.ts';

export const actor = looseObject({ team: z.string(), user: z.string(), name: z.string() });

/** A person in a record or a stored state. The name is only for display; ids identify the person. */
export type Actor = z.infer<typeof actor>;
