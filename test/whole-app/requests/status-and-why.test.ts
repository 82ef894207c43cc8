import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, POLICY, SLACK_WAITS_MS } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({
  aws: clock,
  serve: { clock },
  policy: `${POLICY}
  - name: strict
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 2
    reason: required
`,
});
const say = (user: string, words: string, channel = 'C0OPS') =>
  at().told(user, () => at().slack.as(user).command(channel, COMMAND, words));

describe('status', () => {
  it('shows one execution in full, with its open request and what the asker may see of the audit', async () => {
    const { execution, ask, slack, records } = at();
    const arn = execution({ name: 'big-one', bytes: 1000 * MiB, transferred: 250 * MiB, bytesPerSecond: MiB });
    await ask(arn, '2MiB/s quick');
    const shown = await say(OPERATOR, `status ${arn}`);
    expect(shown.ms).toBeLessThan(SLACK_WAITS_MS);
    for (const words of [
      '*big-one* · TRANSFERRING',
      '██░░',
      ' 25 %',
      '1000 MiB',
      '1 MiB/s (8.39 Mbit/s)',
      'Waiting for 1 approval',
      'open the card',
      '*asked* · olga',
      'Throttle…',
      '*Mode*\nBasic',
    ])
      expect(shown.text).toContain(words);
    const before = (await records()).length;
    const others = await say('U0OPER2', `status ${arn}`);
    expect(others.text).toContain('*big-one*');
    expect(others.text).not.toContain('On record');
    expect((await records()).length).toBe(before);
    const button = slack.as(OPERATOR).ephemerals().at(-1);
    if (!button) throw new Error('nothing was shown');
    await slack.as(OPERATOR).click(button, 'throttle');
    const modal = await slack.until(() => slack.as(OPERATOR).views()[0]);
    expect(JSON.stringify(modal.blocks)).toContain(arn);
  });

  it('warns of Enhanced mode, and offers no change of what is over', async () => {
    const { execution, aws } = at();
    const arn = execution({ name: 'enhanced', mode: 'ENHANCED' });
    expect((await say(OPERATOR, `status ${arn}`)).text).toContain('not applicable to such tasks');
    aws.finish(arn, 'SUCCESS');
    // What was read may be shown for five seconds.
    pass(6);
    const over = await say(OPERATOR, `status ${arn}`);
    expect(over.text).toContain('SUCCESS');
    expect(over.text).toContain('it is over');
    expect(over.text).not.toContain('Throttle…');
  });

  it('says what is wrong: of no rule, unknown, a guest, no ARN, AWS away', async () => {
    const { arn, aws } = at();
    expect((await say(OPERATOR, `status ${arn.replace('us-east-1', 'us-west-2')}`)).text).toContain(
      'No rule of the policy',
    );
    expect((await say(OPERATOR, `status ${arn.slice(0, -4)}0000`)).text).toContain('AWS could not find this execution');
    expect((await say('U0GUEST', `status ${arn}`)).text).toContain('full member');
    expect((await say(OPERATOR, 'status')).text).toContain('write the ARN, id or name');
    expect((await say(OPERATOR, `status ${arn} 50MiB/s`)).text).toContain('`50MiB/s`');
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution' });
    const away = await say(OPERATOR, `status ${arn}`);
    expect(away.ms).toBeLessThan(SLACK_WAITS_MS);
    aws.recover();
  });
});

describe('why', () => {
  it('says the rule, the approvals, from whom, and the time left before and after; and records nothing', async () => {
    const { execution, records, slack, sent } = at();
    const arn = execution({ name: 'dry', bytes: 36_000 * MiB, bytesPerSecond: 10 * MiB });
    const before = (await records()).length;
    const messages = slack.messages().length;
    const shown = await say(OPERATOR, `why ${arn} 5MiB/s for 2h`);
    expect(shown.ms).toBeLessThan(SLACK_WAITS_MS);
    for (const words of [
      'dry: 10 MiB/s',
      '5 MiB/s',
      'production',
      '1 approval from: <!subteam^S0LEADS>',
      'may be left out',
      '2 h',
    ])
      expect(shown.text).toContain(words);
    expect(shown.text).toMatch(
      /old limit[\s\S]*(about|at least) (59 min|1 h)[\s\S]*new limit[\s\S]*(about|at least) (1 h 59 min|2 h)/,
    );
    const lifted = await say(LEAD, `why ${arn} unlimited`);
    expect(lifted.text).toContain('you would be refused');
    expect((await say(OPERATOR, `why ${arn} unlimited`)).text).toContain('2 approvals');
    expect((await records()).length).toBe(before);
    expect(slack.messages()).toHaveLength(messages);
    expect(sent(arn)).toEqual([]);
  });

  it('says what would be refused and who could, without a record of it', async () => {
    const { execution, records, ask } = at();
    const arn = execution();
    const before = (await records()).length;
    expect((await say(OPERATOR, `why ${arn} 2GiB/s`)).text).toMatch(/you would be refused[\s\S]*production/);
    expect((await say('U0AUDIT', `why ${arn} 5MiB/s`)).text).toMatch(/you would be refused[\s\S]*<!subteam\^S0OPS>/);
    expect((await say(OPERATOR, `why ${arn} 5MiB/s for 2d`)).text).toContain('12 h at most');
    expect((await say(OPERATOR, `why ${arn} 5MiB/s`, 'C0OTHER')).text).toContain('<#C0OPS>');
    expect((await records()).length).toBe(before);
    await ask(arn);
    expect((await say(OPERATOR, `why ${arn} 5MiB/s`)).text).toContain('open already');
  });

  it('tells the rest where the rule needs a reason, and warns of Enhanced mode', async () => {
    const { execution } = at();
    const arn = execution({ account: '444455556666', mode: 'ENHANCED' });
    const shown = await say(OPERATOR, `why ${arn} 5MiB/s`);
    expect(shown.text).toContain('2 approvals');
    expect(shown.text).toContain('has to be given');
    expect(shown.text).toContain('not applicable to such tasks');
  });

  it('quotes what can not be read', async () => {
    const { arn } = at();
    expect((await say(OPERATOR, 'why')).text).toContain(`${COMMAND} why `);
    expect((await say(OPERATOR, `why ${arn}`)).text).toContain('and a rate');
    expect((await say(OPERATOR, `why ${arn} 50mb/s`)).text).toContain('`50mb/s`');
    expect((await say(OPERATOR, 'why arn:aws:s3:::x 5MiB/s')).text).toContain('DataSync task execution');
  });
});

describe('a limit that goes back by itself', () => {
  it('is said in the list, in the status and on the home tab', async () => {
    const { execution, ask, approve, slack, card } = at();
    const arn = execution({ name: '000-for-a-while', bytesPerSecond: 100 * MiB });
    const asked = await ask(arn, '50MiB/s for 2h');
    await approve(LEAD, asked);
    await card(arn, 'In force');
    const back = /Limit of `r-[0-9a-z]{10}`, goes back to 100 MiB\/s \(839 Mbit\/s\) <!date/;
    expect((await say(OPERATOR, `status ${arn}`)).text).toMatch(back);
    expect((await say(OPERATOR, 'list')).text).toMatch(back);
    await slack.as(LEAD).openHome();
    const home = await slack.until(() => slack.as(LEAD).home());
    expect(visibleText(home)).toMatch(back);
    expect(visibleText(home)).toContain('Limits that go back by themselves* (1)');
  });
});
