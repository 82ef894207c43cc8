import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, LIMITS, OPERATOR, POLICY, shows, type TestWorld } from '../world.ts';

const OPERATOR2 = 'U0OPER2';
const AUDITOR = 'U0AUDIT';

/** The refusals by a limit that are on record. */
async function limited(at: () => TestWorld) {
  return (await at().records()).filter((one) => one.event === 'refused' && one.detail.why === 'limit');
}

describe('without `limits` in the policy', () => {
  const at = givenWorld({ policy: POLICY.replace(`${LIMITS}\n`, '') });
  const help = (user: string, channel = 'C0OPS') =>
    at().told(user, () => at().slack.as(user).command(channel, COMMAND, 'help'));

  it('the 21st command of a person in a minute is refused, on record once; nobody else is', async () => {
    for (let nth = 1; nth <= 20; nth++) expect((await help(OPERATOR2)).text).toContain('For example');
    for (const channel of ['C0OPS', 'C0OTHER', 'C0OPS']) {
      const { text } = await help(OPERATOR2, channel);
      expect(text).toMatch(/limit of 20 commands a minute for each person.*Try again in [1-9]\d? seconds?\./s);
    }
    expect((await help(LEAD)).text).toContain('For example');
    await expect.poll(() => limited(at), { timeout: 10_000 }).toHaveLength(1);
    const [record] = await limited(at);
    expect(record).toMatchObject({
      event: 'refused',
      request: null,
      actor: { user: OPERATOR2, name: 'omar' },
      channel: 'C0OPS',
      detail: { why: 'limit', limit: 'perUser', most: 20, of: 'command help' },
    });
  });

  it('a submit counts once, however often Slack sends it; a refused one leaves the form as it is', async () => {
    const { slack, arn } = at();
    const olga = slack.as(OPERATOR);
    await olga.command('C0OPS', COMMAND, arn);
    const form = await slack.until(() => olga.views().at(-1));
    const unread = { rate: '50mb/s' };
    expect(await olga.submit(form, unread)).toMatchObject({ errors: { rate: expect.stringContaining('50mb/s') } });
    for (let nth = 0; nth < 25; nth++)
      expect((await slack.redeliver()).json).toMatchObject({ response_action: 'errors' });
    expect((await help(OPERATOR)).text).toContain('For example');
    // With the one that opened the form, the submit and the help that makes 20.
    for (let nth = 0; nth < 17; nth++) {
      expect(await olga.submit(form, unread)).toMatchObject({ errors: { rate: expect.stringContaining('50mb/s') } });
    }
    const over = await olga.submit(form, { rate: '50MiB/s' });
    expect(over).toMatchObject({ responseAction: 'update' });
    const kept = JSON.stringify(slack.view(form.id));
    expect(kept).toMatch(/limit of 20 commands a minute.*Try again in/);
    expect(kept).toContain('50MiB/s');
  });

  it('what opens, searches and turns pages does not count', async () => {
    const { slack, arn } = at();
    const luis = slack.as(LEAD2);
    const { text } = await at().told(LEAD2, () => luis.command('C0OPS', COMMAND, 'list'));
    expect(text).toContain('running or queued');
    await luis.command('C0OPS', COMMAND, '');
    const form = await slack.until(() => luis.views().at(-1));
    for (let nth = 0; nth < 25; nth++) await luis.suggest(form, 'execution', arn.slice(-17));
    const list = luis.ephemerals().at(-1);
    for (let nth = 0; nth < 25; nth++) await luis.click(list ?? form, 'list-refresh');
    expect((await help(LEAD2)).text).toContain('For example');
  });
});

describe('with low limits', () => {
  const low = 'limits: { perUser: 1000/min, perChannel: 4/min, openPerUser: 2 }';
  const at = givenWorld({ policy: POLICY.replace(LIMITS, low) });

  it('a channel that had its share of a minute takes no more from anybody, on record once; others do', async () => {
    const { slack, told } = at();
    const help = (user: string, channel: string) => told(user, () => slack.as(user).command(channel, COMMAND, 'help'));
    for (const user of [AUDITOR, LEAD, AUDITOR, LEAD2]) {
      expect((await help(user, 'C0OTHER')).text).toContain('For example');
    }
    for (const user of [AUDITOR, LEAD, OPERATOR]) {
      expect((await help(user, 'C0OTHER')).text).toMatch(/This channel has reached its limit of 4 commands a minute/);
    }
    expect((await help(AUDITOR, 'G0SECRET')).text).toContain('For example');
    await expect.poll(() => limited(at), { timeout: 10_000 }).toHaveLength(1);
    expect((await limited(at))[0]).toMatchObject({
      event: 'refused',
      channel: 'C0OTHER',
      actor: { user: AUDITOR },
      detail: { why: 'limit', limit: 'perChannel', most: 4 },
    });
  });
});

describe('open requests of one person', () => {
  const at = givenWorld({
    policy: POLICY.replace(LIMITS, 'limits: { perUser: 1000/min, perChannel: 1000/min, openPerUser: 2 }'),
  });
  const request = (user: string, arn: string) =>
    at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, `${arn} 50MiB/s`));

  it('are two at most: the third names them, and is taken when one of them has ended', async () => {
    const { execution, card, slack, records } = at();
    const arns = [execution(), execution(), execution()];
    const [first = '', second = '', third = ''] = arns;
    expect((await request(OPERATOR, first)).text).toContain('Asked');
    expect((await request(OPERATOR, second)).text).toContain('Asked');
    const ids = (await records()).filter(({ event }) => event === 'requested').map(({ request: id }) => id ?? '');
    const refused = await request(OPERATOR, third);
    expect(refused.text).toMatch(/limit of 2 open requests.*Request not created.*Cancel one/s);
    for (const id of ids) expect(refused.text).toContain(id);
    expect((await request(OPERATOR, third)).text).toContain('2 open requests');
    const preview = await at().told(OPERATOR, () =>
      slack.as(OPERATOR).command('C0OPS', COMMAND, `why ${third} 50MiB/s`),
    );
    expect(preview.text).toContain('2 open requests');
    expect(await limited(at)).toMatchObject([
      {
        event: 'refused',
        actor: { user: OPERATOR },
        execution: third,
        detail: { why: 'limit', limit: 'openPerUser', most: 2, open: ids },
      },
    ]);
    expect((await request(OPERATOR2, third)).text).toContain('Asked');
    await slack.as(OPERATOR).click(await card(first), 'cancel');
    await slack.until(() => slack.messages().find((one) => shows(one, first.slice(-22)) && shows(one, 'Cancelled')));
    expect((await request(OPERATOR, execution())).text).toContain('Asked');
    await slack.as(OPERATOR2).click(await card(third), 'cancel');
    await slack.until(() => slack.messages().find((one) => shows(one, third.slice(-22)) && shows(one, 'Cancelled')));
  });

  it('are two at most, too, of ten that are asked at once', async () => {
    const { execution, slack, records } = at();
    const omar = slack.as(OPERATOR2);
    const arns = Array.from({ length: 10 }, () => execution());
    const before = omar.ephemerals().length;
    await Promise.all(arns.map((arn) => omar.command('C0OPS', COMMAND, `${arn} 50MiB/s`)));
    const said = () =>
      omar
        .ephemerals()
        .slice(before)
        .map(visibleText)
        .filter((text) => /Asked|limit of 2/.test(text));
    await slack.until(() => said().length === 10);
    expect(said().filter((text) => text.startsWith('Asked'))).toHaveLength(2);
    const made = (await records()).filter((one) => one.event === 'requested' && arns.includes(one.execution ?? ''));
    expect(made).toHaveLength(2);
  });
});
