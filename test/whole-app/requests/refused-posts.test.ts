import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, shows } from '../world.ts';

const at = givenWorld();
afterEach(() => at().slack.recover());

const POST = { kind: 'error', methods: ['chat.postMessage'] } as const;

async function toldInstead(error: string) {
  const { slack } = at();
  return slack.until(() =>
    slack
      .as(OPERATOR)
      .dms()
      .find((one) => shows(one, error)),
  );
}

describe('a message that Slack will never take', () => {
  it.each(['restricted_action_read_only_channel', 'restricted_action_thread_only_channel', 'messages_tab_disabled'])(
    'for %s is told directly after one try',
    async (error) => {
      const { slack, execution } = at();
      const arn = execution();
      slack.outage({ ...POST, error, times: 1 });
      const from = slack.calls.length;
      await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
      expect(visibleText(await toldInstead(error))).toContain(arn.slice(-22));
      const refused = slack.calls.slice(from).filter(({ method, ok }) => method === 'chat.postMessage' && !ok);
      expect(refused).toHaveLength(1);
    },
  );

  it('for a reason that nobody here knows is told after a few tries, and given up', async () => {
    const { slack, execution, events } = at();
    const arn = execution();
    const error = 'error_of_another_year';
    slack.outage({ ...POST, error, times: 5 });
    const from = slack.calls.length;
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await toldInstead(error);
    const refused = slack.calls.slice(from).filter(({ method, ok }) => method === 'chat.postMessage' && !ok);
    expect(refused).toHaveLength(5);
    expect(await events(arn)).toEqual(['requested']);
  });
});

describe('an edit that Slack will never take', () => {
  it('is told directly as well', async () => {
    const { slack, execution, ask, approve } = at();
    const card = await ask(execution(), 'unlimited');
    const error = 'restricted_action_thread_locked';
    slack.outage({ kind: 'error', methods: ['chat.update'], error });
    await approve(LEAD, card);
    await toldInstead(error);
  });
});
