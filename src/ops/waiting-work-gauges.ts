import { Gauge, type Registry } from 'prom-client';
import type { StreamName } from '../workflow/ports/outbox.ts';

/** What waits in Redis. NaN is Prometheus's "unknown". */
export interface WaitingWork {
  oldestSeconds: Record<StreamName, number>;
  deadLetters: number;
}

/** How long the oldest work of each stream has waited, and how much failed for good. A scrape makes no calls. */
export function measureWaitingWork(registry: Registry, waiting: () => WaitingWork): void {
  new Gauge({
    name: 'datasync_throttle_oldest_work_age_seconds',
    help: 'Age of the oldest work of a stream (aws, slack) that could be done and that no bot has; 0 if there is none',
    labelNames: ['stream'],
    registers: [registry],
    collect() {
      const { aws, slack } = waiting().oldestSeconds;
      this.set({ stream: 'aws' }, aws);
      this.set({ stream: 'slack' }, slack);
    },
  });
  new Gauge({
    name: 'datasync_throttle_dead_letters',
    help: 'Pieces of work that failed too often or can not be read, and wait for a person: see `work list`',
    registers: [registry],
    collect() {
      this.set(waiting().deadLetters);
    },
  });
}
