import { createExecutions } from '../aws/executions.ts';
import type { Config } from '../config/read-config.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import { createMeasuredRates, notingLooks } from '../workflow/queries/measured-rates.ts';

/** Access to DataSync. Calls are counted, and the progress of transfers that they show is kept, to measure their rates. */
export function createAws({ config, clock, metrics }: { config: Config; clock: Clock; metrics: Metrics }) {
  const aws = createExecutions({
    clock,
    proxy: config.proxy,
    onCall: (operation, outcome) => metrics.awsCalls.inc({ operation, outcome }),
  });
  const rates = createMeasuredRates();
  return { executions: notingLooks(aws, rates), linkTasks: aws.linkTasks, rates, stop: aws.close };
}
