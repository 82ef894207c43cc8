import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the bot counts. Labels take closed lists only, never an id or a person: each new value is a series for good. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Makes a registry of its own with Node's default metrics and the bot's, all named `datasync_throttle_…`.
 * `countOpenRequests` is asked at each scrape; what it can't say is NaN, which is how Prometheus writes "not known".
 */
export function createMetrics({ countOpenRequests }: { countOpenRequests: () => Promise<number> }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `datasync_throttle_${name}_total`, help, labelNames, registers: [registry] });

  return {
    registry,
    /** One a Slack interaction, counted when its answer is known. */
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
    effects: counter('effects', 'Pieces of work from the outbox', ['kind', 'outcome']),
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
