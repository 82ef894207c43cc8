import { z } from 'zod';

/**
 * An object that may have more fields than are known here: a newer version may add some, and they are kept. The type has
 * only the known ones, so the compiler still finds a field that is misspelled.
 */
export function looseObject<S extends z.ZodRawShape>(shape: S): z.ZodObject<S> {
  return z.looseObject(shape);
}
