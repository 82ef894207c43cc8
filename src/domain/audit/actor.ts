import { z } from 'zod';
import { looseObject } from './loose-object.ts';

export const actor = looseObject({ team: z.string(), user: z.string(), name: z.string() });

/** A person in a record or a stored state: never by name alone. */
export type Actor = z.infer<typeof actor>;
