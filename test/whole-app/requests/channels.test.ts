import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { ACCOUNT, COMMAND, givenWorld, LEAD, LIMITS, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

// No channels in the rule: any would do for the policy.
const POLICY = `
version: 1
${LIMITS}
rules:
  - name: anywhere
    match: { accounts: ["${ACCOUNT}"] }
    approvers: { users: [${LEAD}] }
    approvals: 1
  - name: partners
    match: { accounts: ["777788889999"] }
    approvers: { users: [${LEAD}] }
    approvals: 1
    shared: true
  - name: at-once
    match: { accounts: ["444455556666"] }
    approvers: { users: [${LEAD}] }
    approvals: { lower: 0, raise: 1 }
`;
const at = givenWorld({ policy: POLICY });

describe('a channel that the bot can not speak in', () => {
  it.each([
    ['that it is not in', 'C0OTHER', /not in this channel.*\/invite` <@U0BOT>/s],
    ['that is private and that it is not in', 'G0SECRET', /can’t see this channel.*\/invite` <@U0BOT>/s],
    ['that is archived', 'C0OLD', /archived.*in use/s],
    ['that is a direct message', 'D0OLGA', /direct message, where nobody else.*Ask in a channel/s],
  ])('%s: told privately what to do, and nothing is asked', async (_, channel, says) => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    const { text, ms } = await told(OPERATOR, () => slack.as(OPERATOR).command(channel, COMMAND, `${arn} 50MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(says);
    expect(text).toContain('Nothing was asked');
    expect(await events(arn)).toEqual([]);
  });

  it('that Slack does not let the app see: the scope is named, and waiting would not help', async () => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    slack.setScopes(slack.seed.app.scopes.filter((scope) => scope !== 'channels:read'));
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    slack.setScopes(slack.seed.app.scopes);
    expect(text).toMatch(/has not granted me `channels:read`.*Nothing was asked.*install it again/s);
    expect(await events(arn)).toEqual([]);
  });

  it('that is a conversation of several people: nothing is asked', async () => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    const client = new WebClient(slack.seed.app.botToken, { slackApiUrl: slack.apiUrl });
    slack.setScopes([...slack.seed.app.scopes, 'mpim:write']);
    const { channel } = await client.conversations.open({ users: `${OPERATOR},${LEAD}` });
    slack.setScopes(slack.seed.app.scopes);
    const { text } = await told(OPERATOR, () =>
      slack.as(OPERATOR).command(channel?.id ?? '', COMMAND, `${arn} 50MiB/s`),
    );
    expect(text).toContain('direct message');
    expect(await events(arn)).toEqual([]);
  });

  it('and was invited to: the request is posted', async () => {
    const { slack, execution, card } = at();
    const arn = execution();
    slack.invite('G0SECRET');
    await slack.as(OPERATOR).command('G0SECRET', COMMAND, `${arn} 50MiB/s`);
    expect((await card(arn)).channel).toBe('G0SECRET');
  });

  describe('that people of other organizations are in (Slack Connect)', () => {
    afterEach(() => at().slack.share('C0OPS', null));

    it.each(['external', 'pending'] as const)('%s: refused, on record, before AWS is asked', async (shared) => {
      const { slack, aws, told, execution, records } = at();
      const arn = execution();
      slack.share('C0OPS', shared);
      const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
      expect(text).toMatch(/shared with another organization.*`anywhere`.*Request not created/s);
      const theirs = (await records()).filter(({ execution }) => execution === arn);
      expect(theirs).toMatchObject([{ event: 'refused', rule: 'anywhere', detail: { why: 'shared-channel' } }]);
      expect(aws.calls.filter(({ input }) => input.TaskExecutionArn === arn)).toEqual([]);
      const why = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `why ${arn} 50MiB/s`));
      expect(why.text).toContain('shared with another organization');
    });

    it('is allowed where the rule says so, and always where only workspaces of this organization share it', async () => {
      const { slack, execution, ask } = at();
      slack.share('C0OPS', 'external');
      expect(shows(await ask(execution({ account: '777788889999' })), 'Waiting for 1 approval')).toBe(true);
      slack.share('C0OPS', 'organization');
      expect(shows(await ask(execution()), 'Waiting for 1 approval')).toBe(true);
    });

    it('is refused, to be tried again, where Slack can not say', async () => {
      const { slack, told, execution, events } = at();
      const arn = execution();
      slack.outage({ kind: 'error', methods: ['conversations.info'] });
      const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
      slack.recover();
      expect(text).toContain('Try again in a minute');
      expect(await events(arn)).toEqual([]);
    });
  });

  describe('since the request was asked', () => {
    /** What somebody was told directly of an execution. */
    const dms = (user: string, arn: string, says: string) =>
      at()
        .slack.as(user)
        .dms()
        .filter((one) => shows(one, arn.slice(-22)) && shows(one, says));

    it('and was cancelled: the requester is told so directly', async () => {
      const { slack, execution, ask, events } = at();
      const arn = execution();
      const card = await ask(arn);
      slack.archive('C0OPS');
      await slack.as(OPERATOR).click(card, 'cancel');
      const told = await slack.until(() => dms(OPERATOR, arn, 'Cancelled')[0]);
      expect(visibleText(told)).toMatch(/can’t be shown in <#C0OPS> \(Slack says `is_archived`\)/);
      expect(await events(arn)).toEqual(['requested', 'cancelled']);
      slack.archive('C0OPS', false);
    });

    it('and was approved: who asked and who agreed are told the result directly, once', async () => {
      const { slack, execution, ask, approve, sent, records } = at();
      const arn = execution({ name: 'told-directly' });
      const card = await ask(arn);
      slack.remove('C0OPS');
      await approve(LEAD, card);
      for (const user of [OPERATOR, LEAD]) {
        const told = await slack.until(() =>
          slack
            .as(user)
            .dms()
            .find((one) => shows(one, 'In force: told-directly is limited to 50 MiB/s')),
        );
        const applied = (await records()).findLast(({ event, execution }) => event === 'applied' && execution === arn);
        expect(visibleText(told)).toContain(`audit record ${applied?.seq} `);
        expect(visibleText(told)).toContain('not_in_channel');
      }
      expect(sent(arn)).toHaveLength(1);
      // Nobody is told again that it is open, or on its way: that is over.
      const all = slack
        .as(OPERATOR)
        .dms()
        .filter((one) => shows(one, 'told-directly'));
      expect(all.filter((one) => shows(one, 'In force'))).toHaveLength(1);
      slack.invite('C0OPS');
    });

    it('or before its card was posted: it is open all the same, and can be cancelled where it is told', async () => {
      const { slack, execution, told, events } = at();
      const arn = execution();
      slack.outage({ kind: 'error', methods: ['chat.postMessage'], error: 'is_archived', times: 1 });
      await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
      const open = await slack.until(() => dms(OPERATOR, arn, 'Waiting for 1 approval')[0]);
      slack.recover();
      await slack.as(OPERATOR).click(open, 'cancel');
      await slack.until(() => dms(OPERATOR, arn, 'Cancelled')[0]);
      expect(await events(arn)).toEqual(['requested', 'cancelled']);
    });
  });
});

describe('a rule that names no Region, for a bot that has none', () => {
  it('lists nothing, and the form says so', async () => {
    const { slack } = at();
    const olga = slack.as(OPERATOR);
    await olga.command('C0OPS', COMMAND, '');
    const view = await slack.until(() => olga.views().find((one) => shows(one, 'no Region')));
    expect(visibleText(view)).toContain('The rules `anywhere`, `partners` and `at-once` name no Region');
    expect(visibleText(view)).toContain('`AWS_REGION`');
    await olga.close(view);
  });
});

describe('a rule that asks for no approval', () => {
  it('applies at once', async () => {
    const { slack, told, execution, card, result, events } = at();
    const arn = execution({ account: '444455556666' });
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(text).toContain('No approval is needed');
    const asked = await card(arn, 'In force');
    expect(visibleText(await result(asked))).toContain('no approval needed');
    expect(await events(arn)).toEqual(['requested', 'apply.started', 'applied']);
    expect(slack.notified.find(({ ts }) => ts === asked.ts)?.called ?? []).toEqual([]);
    expect(shows(asked, 'none needed')).toBe(true);
  });

  it('but not for what it does ask approval for', async () => {
    const { ask, execution, sent } = at();
    const arn = execution({ account: '444455556666' });
    const card = await ask(arn, '200MiB/s');
    expect(shows(card, 'Waiting for 1 approval')).toBe(true);
    expect(sent(arn)).toEqual([]);
  });
});
