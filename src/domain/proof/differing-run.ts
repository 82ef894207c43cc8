import { type Run, run as runSchema } from '../run/run.ts';
import { differingField } from './differing-field.ts';

/** How many events a run was folded from depends on where the reading began. */
const COMPARED = runSchema.omit({ version: true });

/**
 * The name of a field in which a stored run differs from the one that its records say; null where they agree. The records may
 * have been read from a moment on at which nothing was going on: what they don't tell of then is not compared.
 */
export function differingRunField(stored: Run | null, proven: Run): string | null {
  if (stored === null) return 'version';
  if (proven.baseline === null && proven.inForce === null && !isBorneOutByAws(stored)) return 'baseline';
  const before = { ...(proven.baseline === null ? { baseline: stored.baseline } : {}) };
  const inForce = proven.inForce ?? stored.inForce;
  return differingField(COMPARED, stored, { ...proven, ...before, inForce });
}

/**
 * Whether a limit that no record tells of can only be used where AWS shows it: before a limit is changed, AWS is compared with the
 * one in force. A baseline alone would be sent as it is.
 */
export function isBorneOutByAws({ baseline, inForce }: Run): boolean {
  return baseline === null || (inForce !== null && inForce.rate === baseline && inForce.or === null);
}
