import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

const at = givenWorld();
const say = (user: string, words: string) =>
  at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words));

describe('requests', () => {
  it('says that there are none', async () => {
    expect((await say(LEAD, 'requests')).text).toContain('No request is open');
  });

  it('lists the open ones, those first that the reader can decide, each with a link and Review', async () => {
    const { slack, execution, ask, approve, card, result } = at();
    const [agreed, waiting] = [execution({ name: 'agreed-already' }), execution({ name: 'still-waiting' })];
    const reason = '<!channel> <@U0LEAD2> *x* `y` & <https://example.com|z>';
    const twice = await ask(agreed, 'unlimited');
    await approve(LEAD, twice);
    await card(agreed, '1 of 2');
    const once = await ask(waiting, `50MiB/s ${reason}`);
    const mine = await say(LEAD, 'requests');
    expect(mine.ms).toBeLessThan(SLACK_WAITS_MS);
    expect(mine.text.indexOf('still-waiting')).toBeGreaterThan(0);
    expect(mine.text.indexOf('still-waiting')).toBeLessThan(mine.text.indexOf('agreed-already'));
    expect(mine.text).toContain('open the card');
    expect(mine.text).not.toMatch(/<!channel>|<@U0LEAD2>|<https:\/\/example/);
    const olgas = await say(OPERATOR, 'requests');
    expect(olgas.text).toContain('Nothing for you to decide');

    const shown = slack.as(LEAD).ephemerals().at(-1);
    if (!shown) throw new Error('nothing was shown');
    await slack.as(LEAD).click(shown, 'review');
    const modal = await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .find((view) => shows(view, 'Decision')),
    );
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await result(once);
  });
});

describe('audit', () => {
  it('shows an auditor everything, newest first, by request, execution and person', async () => {
    const { execution, ask, approve, result, records } = at();
    const arn = execution();
    const card = await ask(arn);
    await approve(LEAD, card);
    await result(card);
    const id = (await records()).findLast((record) => record.execution === arn)?.request ?? '';
    const byArn = await say('U0AUDIT', `audit ${arn}`);
    const byId = await say('U0AUDIT', `audit ${id} since 1d`);
    for (const { text, ms } of [byArn, byId]) {
      expect(ms).toBeLessThan(SLACK_WAITS_MS);
      expect(text).toMatch(/^\*4 audit records/);
      const last = (await records()).at(-1)?.seq ?? 0;
      expect(text).toContain(`record ${last} `);
      expect(text.indexOf(`record ${last} `)).toBeLessThan(text.indexOf(`record ${last - 3} `));
    }
    expect((await say('U0AUDIT', 'audit @lena')).text).toContain('<@U0LEAD>');
    expect((await say('U0AUDIT', 'audit')).text).toMatch(/^\*10 audit records/);
  });

  it('shows who asked or decided their own, and refuses the rest on record', async () => {
    const { execution, ask, records } = at();
    const arn = execution();
    await ask(arn);
    expect((await say(OPERATOR, `audit ${arn}`)).text).toContain('1 audit record');
    const before = (await records()).length;
    const refused = await say('U0OPER2', `audit ${arn}`);
    expect(refused.text).toMatch(
      /not among them. Who could: <@U0AUDIT>, <@U0LEAD>|not among them. Who could: <@U0AUDIT> and <@U0LEAD>/,
    );
    const [record, ...more] = (await records()).slice(before);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ event: 'refused', actor: { user: 'U0OPER2' }, detail: { why: 'not-a-reader' } });
  });

  it('refuses a guest, whatever they ask for', async () => {
    expect((await say('U0GUEST', 'audit')).text).toContain('Only full members');
  });

  it('quotes what can not be read', async () => {
    expect((await say('U0AUDIT', 'audit yesterday')).text).toContain('`yesterday`');
  });
});

describe('what people write', () => {
  it('wakes nobody, in the card, the modal, the result and the audit', async () => {
    const { slack, execution, ask, review, result } = at();
    const arn = execution({ name: '<!channel>&<@U0LEAD2>*x*' });
    const nasty =
      '<!channel> <!here> <@U0LEAD2> <!subteam^S0OPS> *x* _y_ ~z~ `c` @everyone <https://evil.example|good>';
    const card = await ask(arn, `50MiB/s ${nasty}`);
    const modal = await review(LEAD, card);
    expect(JSON.stringify(modal.blocks)).not.toMatch(/"mrkdwn","text":"[^"]*<!(channel|here)/);
    await slack.as(LEAD).submit(modal, { decision: 'approve', comment: nasty });
    const told = await result(card);
    const called = slack.notified.filter(({ ts }) => ts === card.ts || ts === told.ts);
    expect(called.map((one) => one.called)).toEqual([['S0LEADS'], [OPERATOR]]);
    const audit = await say('U0AUDIT', `audit ${arn}`);
    expect(audit.text).not.toMatch(/<!(channel|here|subteam)|<@U0LEAD2>|<https?:[^|]*evil/);
    expect(visibleText(card)).toContain('everyone');
  });
});
