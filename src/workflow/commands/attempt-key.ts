/** What somebody tried, and why they may not. `what`: what they tried, such as `open` or `cancel`. */
interface RefusedAttempt {
  user: string;
  what: string;
  /** The request, where it is about one. */
  request: string | null;
  why: string;
  at: Date;
}

/**
 * The operation key for recording a refusal: the same for the same attempt within a minute. So only the first is
 * recorded, over all bots, and repeated clicks cost nothing more.
 */
export function attemptKey({ user, what, request, why, at }: RefusedAttempt): string {
  return ['refused', what, user, request ?? '-', why, at.toISOString().slice(0, 16)].join(':');
}
