import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

const at = givenWorld();

afterEach(() => at().slack.recover());

describe('Slack is away', () => {
  it('while a change is made: the card and the result come when it is back, once', async () => {
    const { slack, aws, execution, ask, approve, card, result, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    const sent = slack.calls.length;
    slack.outage({ kind: 'down', methods: ['chat.postMessage', 'chat.update'] });
    await approve(LEAD, asked);
    await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB);
    await slack.until(() => slack.calls.slice(sent).some(({ method, ok }) => method === 'chat.postMessage' && !ok));
    expect(slack.thread(asked.channel, asked.ts)).toHaveLength(1);
    slack.recover();
    await result(asked);
    await card(arn, 'In force');
    expect(slack.thread(asked.channel, asked.ts)).toHaveLength(2);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });

  it('when the card is to be posted, or asks to wait: it comes when it can, once', async () => {
    const { slack, execution, card } = at();
    const [arn, other] = [execution(), execution()];
    slack.outage({ kind: 'error', status: 503, methods: ['chat.postMessage'], times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await card(arn);
    slack.outage({ kind: 'ratelimited', retryAfter: 1, methods: ['chat.postMessage'], times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${other} 50MiB/s`);
    await card(other);
    for (const one of [arn, other]) {
      expect(slack.messages('C0OPS').filter((message) => shows(message, one.slice(-22)))).toHaveLength(1);
    }
  });

  it('can not open a modal: told by another way', async () => {
    const { slack, told, execution, ask } = at();
    const card = await ask(execution());
    slack.outage({ kind: 'error', methods: ['views.open'] });
    const { text, ms } = await told(LEAD, () => slack.as(LEAD).click(card, 'review'));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/Something went wrong|Slack/);
  });

  it.each(['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id'])(
    'opens no modal any more (%s): told that it took too long, and what to do',
    async (error) => {
      const { slack, told, execution, ask } = at();
      const card = await ask(execution());
      for (const act of [
        () => slack.as(LEAD).click(card, 'review'),
        () => slack.as(LEAD).command('C0OPS', COMMAND, ''),
      ]) {
        slack.outage({ kind: 'error', methods: ['views.open'], error, times: 1 });
        const { text } = await told(LEAD, act);
        expect(text).toMatch(/took too long to open.*Press the button or type the command again/);
        expect(text).not.toMatch(/Something went wrong/);
      }
    },
  );

  it('takes no answer where it was asked any more: told in the direct messages', async () => {
    const { slack } = at();
    slack.outage({ kind: 'error', status: 404, methods: ['response_url'] });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, 'requests');
    const told = await slack.until(() => slack.as(OPERATOR).dms()[0]);
    expect(visibleText(told)).toMatch(/open request/);
  });

  it('can not say who may: nobody is let through', async () => {
    const { slack, told, execution, events, startBot, bots } = at();
    const arn = execution();
    slack.outage({ kind: 'error', methods: ['usergroups.users.list'] });
    // A bot that has not asked lately.
    await startBot();
    await bots.shift()?.stop();
    const asked = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(asked.ms).toBeLessThan(SLACK_WAITS_MS);
    expect(asked.text).toMatch(/Slack can’t say just now who is in the groups of the rule `production`/);
    expect(await events(arn)).toEqual([]);
    const audit = await told(LEAD, () => slack.as(LEAD).command('C0OPS', COMMAND, 'requests'));
    expect(audit.text).toBeTruthy();
  });

  it('can not say who may decide: nobody is let through, and the request stands', async () => {
    const { slack, execution, ask, review, events, startBot, bots } = at();
    const arn = execution();
    const card = await ask(arn);
    await startBot();
    await bots.shift()?.stop();
    slack.outage({ kind: 'hang', ms: 1000, methods: ['usergroups.users.list'] });
    const modal = await review(LEAD, card, 'Slack can’t say just now who is in the groups');
    expect(modal.submit).toBeNull();
    expect(await events(arn)).toEqual(['requested']);
  });

  it('can not say who somebody is: nobody is let through', async () => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    slack.outage({ kind: 'error', methods: ['users.info'] });
    const { text, ms } = await told('U0OPER2', () => slack.as('U0OPER2').command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/Slack can’t say just now who you are.*Nothing was asked/);
    expect(await events(arn)).toEqual([]);
  });

  it('can not say whether the bot may post: nothing is asked', async () => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    slack.outage({ kind: 'hang', methods: ['conversations.info'] });
    const { text, ms } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/Slack can’t say just now whether I may post/);
    expect(await events(arn)).toEqual([]);
  });
});

describe('a card that is gone', () => {
  it('is posted again while the request is open', async () => {
    const { slack, env, execution, ask, approve, result } = at();
    const arn = execution();
    const card = await ask(arn, 'unlimited');
    await fetch(`${slack.apiUrl}chat.delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env.SLACK_BOT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: card.channel, ts: card.ts }),
    });
    await approve(LEAD, card);
    const again = await slack.until(() =>
      slack.messages('C0OPS').find((one) => shows(one, arn.slice(-22)) && shows(one, 'Waiting for 1 more approval')),
    );
    await approve('U0LEAD2', again);
    expect(visibleText(await result(again))).toContain('In force');
  });
});
