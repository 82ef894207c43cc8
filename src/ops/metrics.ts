import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The bot's metrics. Label values come from closed lists, never from ids or people, because each new value is a
 * permanent time series.
 */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Makes a registry with Node's default metrics and the bot's own, named `datasync_throttle_…`.
 * `countOpenRequests` is called at each scrape; where it fails the value is NaN, Prometheus's "unknown".
 */
export function createMetrics({ countOpenRequests }: { countOpenRequests: () => Promise<number> }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `datasync_throttle_${name}_total`, help, labelNames, registers: [registry] });

  return {
    registry,
    /** Each Slack interaction once, when its outcome is known. */
    interactions: counter('interactions', 'Slack interactions', ['kind', 'outcome']),
    /** Seconds from the request's arrival to its ack; Slack gives up after 3. */
    interactionAck: new Histogram({
      name: 'datasync_throttle_interaction_ack_seconds',
      help: 'Time from the arrival of a Slack interaction to its acknowledgement',
      labelNames: ['kind'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3],
      registers: [registry],
    }),
    commits: counter('commits', 'Atomic writes to Redis', ['outcome']),
    awsCalls: counter('aws_calls', 'Calls to AWS', ['operation', 'outcome']),
    slackCalls: counter('slack_calls', 'Calls to the Slack Web API', ['method', 'outcome']),
    effects: counter('effects', 'Pieces of work from the streams', ['kind', 'outcome']),
    openRequests: new Gauge({
      name: 'datasync_throttle_open_requests',
      help: 'Throttle requests that have not ended',
      registers: [registry],
      async collect() {
        this.set(await countOpenRequests().catch(() => Number.NaN));
      },
    }),
  };
}
