import { describe, expect, it } from 'vitest';
import { ACCOUNT, COMMAND, givenWorld, MiB, OPERATOR, POLICY, SLACK_WAITS_MS } from '../world.ts';

const MORE = `
  - name: staging
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    requesters: { users: [U0OPER] }
    approvers: { users: [U0OPER, U0LEAD] }
    approvals: { lower: 1, raise: 1 }
    reason: required
    rate: { max: 10MiB/s }
  - name: nobody-left
    match: { accounts: ["777788889999"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 2, raise: 2, unlimited: 2 }
`;
const at = givenWorld({ policy: `${POLICY}${MORE.slice(1)}` });

interface Row {
  account?: string;
  region?: string;
  user?: string;
  channel?: string;
  words: string;
  says: (string | RegExp)[];
  why: string;
}

describe('what the policy does not allow', () => {
  it.each<[what: string, row: Row]>([
    [
      'an account that no rule matches',
      { account: '999999999999', words: '50MiB/s', says: ['No rule', '999999999999', 'us-east-1'], why: 'no-rule' },
    ],
    [
      'a Region that no rule matches',
      { region: 'ap-south-1', words: '50MiB/s', says: ['No rule', 'ap-south-1'], why: 'no-rule' },
    ],
    ['another channel', { channel: 'C0OTHER', words: '50MiB/s', says: ['`production`', '<#C0OPS>'], why: 'no-rule' }],
    [
      'a requester who is not in the rule',
      {
        user: 'U0LEAD',
        words: '50MiB/s',
        says: ['`production`', 'Who could ask: <!subteam^S0OPS>'],
        why: 'may-not-ask',
      },
    ],
    ['a guest', { user: 'U0GUEST', words: '50MiB/s', says: [/^Only full members/], why: 'not-a-member' }],
    ['a stranger', { user: 'U0STRANGE', words: '50MiB/s', says: [/^Only full members/], why: 'not-a-member' }],
    ['somebody deactivated', { user: 'U0GONE', words: '50MiB/s', says: [/^Only full members/], why: 'not-a-member' }],
    [
      'a rate under the rule',
      { words: '512KiB/s', says: ['`production`', '1 MiB/s (8.39 Mbit/s)', '512 KiB/s'], why: 'rate-outside' },
    ],
    ['a rate over the rule', { words: '2GiB/s', says: ['`production`', '1 GiB/s'], why: 'rate-outside' }],
    [
      'a percentage that ends under the rule',
      { words: '0.5%', says: ['`production`', '1 MiB/s'], why: 'rate-outside' },
    ],
    ['too long', { words: '50MiB/s for 2d', says: ['`production`', '12 h'], why: 'duration-too-long' }],
    [
      'no reason where one is needed',
      { account: '444455556666', words: '5MiB/s', says: ['`staging`', 'reason'], why: 'reason-required' },
    ],
    [
      'unlimited where the rule does not name it',
      {
        account: '444455556666',
        words: 'unlimited cutover',
        says: ['`staging`', '10 MiB/s'],
        why: 'unlimited-not-allowed',
      },
    ],
    [
      'too few who could agree, the requester taken out',
      {
        account: '777788889999',
        user: 'U0LEAD',
        words: '5MiB/s',
        says: ['`nobody-left`', '2 approvals', 'only 1 person', '<!subteam^S0LEADS>'],
        why: 'too-few-approvers',
      },
    ],
  ])('%s: said privately, with the rule and who could, and on record', async (_, row) => {
    const { slack, told, execution, records, sent } = at();
    const { user = OPERATOR, channel = 'C0OPS', account = ACCOUNT, region = 'us-east-1' } = row;
    const arn = execution({ account, region });
    const posted = slack.messages().length;
    const { text, ms } = await told(user, () => slack.as(user).command(channel, COMMAND, `${arn} ${row.words}`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    for (const said of row.says) expect(text).toMatch(typeof said === 'string' ? new RegExp(escaped(said)) : said);
    const [refused, ...more] = (await records()).filter((record) => record.execution === arn);
    expect(more).toEqual([]);
    expect(refused).toMatchObject({
      event: 'refused',
      request: null,
      actor: { user, team: user === 'U0STRANGE' ? 'T0OTHER' : 'T0DEMO' },
      channel,
      detail: { why: row.why },
    });
    expect(sent(arn)).toEqual([]);
    expect(slack.messages()).toHaveLength(posted);
  });

  it('a second request while one is open: a link to the open one', async () => {
    const { slack, told, execution, ask, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const { text, ms } = await told('U0OPER2', () => slack.as('U0OPER2').command('C0OPS', COMMAND, `${arn} 20MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(new RegExp(`open already.*<https?://[^|]*${card.ts.replace('.', '')}[^|]*\\|`));
    expect(await events(arn)).toEqual(['requested']);
    expect(slack.messages('C0OPS').filter((one) => one.ts > card.ts)).toEqual([]);
  });

  it('the rate in force, or a part of no limit at all: told, and not on record', async () => {
    const { slack, told, execution, events } = at();
    const limited = execution();
    const same = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${limited} 100MiB/s`));
    expect(same.text).toContain('in force already');
    const open = execution({ bytesPerSecond: -1 });
    const half = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${open} 50%`));
    expect(half.text).toContain('`50%`');
    expect(await events(limited)).toEqual([]);
    expect(await events(open)).toEqual([]);
  });

  it('counts the direction from the rate in force', async () => {
    const { execution, ask } = at();
    const card = await ask(execution({ bytesPerSecond: 10 * MiB }), 'unlimited');
    expect(JSON.stringify(card.blocks)).toContain('Waiting for 2 approvals');
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
