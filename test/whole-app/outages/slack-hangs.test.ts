import { it } from 'vitest';
import { PATIENCE } from '../fast-world.ts';
import { givenWorld, MiB, POLICY } from '../world.ts';

/** In seconds: the clock of the bot and of AWS goes on in steps. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead * 1000);

const at = givenWorld({
  policy: `${POLICY.replace('lower: 1', 'lower: 0')}
  - name: agreed
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
`,
  // A call to Slack that hangs is not given up within this test.
  serve: { clock: { now }, slackMinuteMs: 60, backgroundMs: 3_600_000 },
  aws: { now },
});

it('a limit is reverted when it is due, while every worker for Slack hangs and all else is watched', async () => {
  const { aws, slack, ask, execution } = at();
  const limited = async (words: string) => {
    const arn = execution();
    await ask(arn, words);
    await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB, PATIENCE);
    return arn;
  };
  for (let number = 0; number < 10; number++) await limited('50MiB/s for 12h');
  const arn = await limited('50MiB/s for 15m');
  for (let number = 0; number < 10; number++) await ask(execution({ account: '444455556666' }));

  // More reminders and looks are due than there are workers, and none of them ends.
  slack.outage({
    kind: 'hang',
    methods: ['chat.getPermalink', 'conversations.open', 'chat.postMessage', 'chat.update'],
  });
  ahead += 601;
  await slack.until(() => slack.hanging() >= 8, PATIENCE);
  ahead += 300;
  await aws.until(() => aws.execution(arn).bytesPerSecond === 100 * MiB, PATIENCE);
  slack.recover();
});
