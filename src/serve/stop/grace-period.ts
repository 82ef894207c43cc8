import { setTimeout as sleep } from 'node:timers/promises';

/** The time that work in hand is given at a stop, shared by all that wait for such work. It starts with the first of them. */
export function createGracePeriod(ms: number) {
  let until: number | null = null;

  function leftMs(): number {
    until ??= Date.now() + ms;
    return Math.max(0, until - Date.now());
  }

  return {
    /** What is left of it, in milliseconds. */
    leftMs,
    /** Waits for this work, but no longer than what is left. @throws what the work throws within that time */
    async wait(work: Promise<unknown>): Promise<void> {
      await Promise.race([work, sleep(leftMs(), undefined, { ref: false })]);
    },
  };
}

export type GracePeriod = ReturnType<typeof createGracePeriod>;
