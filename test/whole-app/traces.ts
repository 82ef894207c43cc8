import { LEAD, LEAD2, OPERATOR, type TestWorld } from './world.ts';

/** What changes in a world when a request is taken seriously. */
export async function tracesIn({ slack, aws, records }: TestWorld) {
  return {
    records: (await records()).length,
    sent: aws.calls.filter(({ operation }) => operation === 'UpdateTaskExecution').length,
    written: slack.messages().map(({ ts, text }) => `${ts} ${text}`),
    shown: [OPERATOR, LEAD, LEAD2].map((user) => slack.as(user).views().length),
  };
}
