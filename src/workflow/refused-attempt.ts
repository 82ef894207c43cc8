/** What somebody tried, and why they may not. `what`: how they tried it, such as `open` or `cancel`. */
interface RefusedAttempt {
  user: string;
  what: string;
  /** The request, where it is about one. */
  request: string | null;
  why: string;
  at: Date;
}

/**
 * The operation key that a refusal is put on record by: the same for the same attempt within a minute. So the first is
 * recorded, over all bots, and those that follow at once cost nothing more.
 */
export function attemptKey({ user, what, request, why, at }: RefusedAttempt): string {
  return ['refused', what, user, request ?? '-', why, at.toISOString().slice(0, 16)].join(':');
}
