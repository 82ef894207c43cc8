import { z } from 'zod';

/**
 * An object that may have unknown fields: a newer version may add some, and they are kept. The type has only the known
 * fields, so the compiler still finds misspelled ones.
 */
export function looseObject<S extends z.ZodRawShape>(shape: S): z.ZodObject<S> {
  return z.looseObject(shape);
}
