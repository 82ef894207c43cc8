import type { Log } from '../../logging/logger.ts';
import type { GracePeriod } from './grace-period.ts';

/** Work that goes on after an interaction was answered. A stop waits for it. */
export function createBackgroundWork({ grace, log }: { grace: GracePeriod; log: Log }) {
  const pending = new Set<Promise<unknown>>();
  return {
    run(work: Promise<unknown>): void {
      const watched = work.catch((err: unknown) => log.error({ err }, 'work behind an interaction failed'));
      pending.add(watched);
      void watched.finally(() => pending.delete(watched));
    },
    stop: () => grace.wait(Promise.all(pending)),
  };
}
