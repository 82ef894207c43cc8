import { Gauge, type Registry } from 'prom-client';

/** How long the oldest work has waited; NaN, Prometheus's "unknown", if that is unknown. A scrape makes no calls. */
export function measureOldestWork(registry: Registry, oldestSeconds: () => number): void {
  new Gauge({
    name: 'datasync_throttle_oldest_work_age_seconds',
    help: 'Age of the oldest work that could be done and that no bot has; 0 if there is none',
    registers: [registry],
    collect() {
      this.set(oldestSeconds());
    },
  });
}
