import { afterEach, describe, expect, it } from 'vitest';
import { defaultSeed } from '../../../sandbox/slack/seed.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, POLICY, shows } from '../world.ts';

/** The organization's ids: the operator and the first lead have a second id in the workspace. */
const [OPERATOR_ID, LEAD_ID] = ['W0OLGA', 'W0LENA'];
const SECOND_OPERATOR = 'U0OLGAB';
const SECOND_LEAD = 'U0LENAB';
const BOT = 'U0ROBOT';

const users = defaultSeed.users.map((user) =>
  user.id === OPERATOR
    ? { ...user, enterpriseId: OPERATOR_ID }
    : user.id === LEAD
      ? { ...user, enterpriseId: LEAD_ID }
      : user,
);
const more = [
  { id: SECOND_OPERATOR, name: 'olga.b', realName: 'Olga B', enterpriseId: OPERATOR_ID },
  { id: SECOND_LEAD, name: 'lena.b', realName: 'Lena B', enterpriseId: LEAD_ID },
  { id: BOT, name: 'robot', realName: 'Robot', bot: true },
];
const NOT_APPROVERS = ['U0GUEST', 'U0STRANGE', 'U0GONE', BOT];
const EVERYBODY = [LEAD, SECOND_LEAD, ...NOT_APPROVERS, OPERATOR, SECOND_OPERATOR];

const at = givenWorld({
  policy: POLICY.replace(
    'approvers: { groups: [S0LEADS] }',
    `approvers: { users: [${EVERYBODY}], groups: [S0LEADS] }`,
  ).replace('lower: 1', 'lower: 2'),
  slack: {
    seed: {
      users: [...users, ...more],
      channels: defaultSeed.channels.map((channel) => ({
        ...channel,
        members: [...channel.members, SECOND_OPERATOR, SECOND_LEAD],
      })),
      groups: [
        { id: 'S0LEADS', handle: 'leads', users: [LEAD, SECOND_LEAD, 'U0LEAD2', OPERATOR, ...NOT_APPROVERS] },
        { id: 'S0OPS', handle: 'operators', users: [OPERATOR, SECOND_OPERATOR, 'U0OPER2'] },
      ],
    },
  },
});

/** A bot that knows nobody yet: what Slack says of people is kept for a while. */
async function anotherBot(): Promise<void> {
  await at().startBot();
  await at().bots.shift()?.stop();
}

describe('who could approve', () => {
  afterEach(async () => {
    at().slack.recover();
    at().slack.setGroup('S0LEADS', [LEAD, SECOND_LEAD, 'U0LEAD2', OPERATOR, ...NOT_APPROVERS]);
    await anotherBot();
  });

  it('is counted as people, and only those who may: too few of them refuse the request', async () => {
    const { slack, told, execution, events, records } = at();
    slack.setGroup('S0LEADS', [LEAD, SECOND_LEAD, OPERATOR, ...NOT_APPROVERS]);
    await anotherBot();
    const arn = execution();
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    // One lead, who has two ids; the others are no full members, or the requester.
    expect(text).toMatch(/needs 2 approvals.*only 1 person beside you/s);
    for (const user of NOT_APPROVERS) expect(text).not.toContain(user);
    expect(await events(arn)).toEqual(['refused']);
    expect((await records()).at(-1)?.detail).toMatchObject({ why: 'too-few-approvers' });
  });

  it('is mentioned on the card: each person once, nobody who could not', async () => {
    const { slack, execution, ask } = at();
    const card = await ask(execution());
    const called = slack.notified.find(({ ts }) => ts === card.ts)?.called ?? [];
    expect(called.toSorted()).toEqual(['S0LEADS', LEAD]);
    expect(shows(card, `<@${LEAD}>`)).toBe(true);
    for (const user of [...NOT_APPROVERS, SECOND_LEAD, SECOND_OPERATOR]) expect(shows(card, user)).toBe(false);
  });

  it('is asked anew where Slack can not say who somebody is', async () => {
    const { slack, told, execution, events } = at();
    slack.setGroup('S0LEADS', []);
    await anotherBot();
    const arn = execution();
    // They themselves are known by now.
    await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, 'help'));
    slack.outage({ kind: 'error', methods: ['users.info'] });
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(text).toMatch(/didn’t say who the approvers.*Try again/s);
    expect(await events(arn)).toEqual([]);
  });

  it('costs a few look-ups, however large the group is', async () => {
    const { slack, execution, ask } = at();
    slack.setGroup('S0LEADS', [LEAD, 'U0LEAD2', ...Array.from({ length: 400 }, (_, nth) => `U0MANY${nth}`)]);
    await anotherBot();
    const before = slack.calls.length;
    await ask(execution());
    const looks = slack.calls.slice(before).filter(({ method }) => method === 'users.info');
    expect(looks.length).toBeLessThan(20);
  });
});

describe('a person with two ids', () => {
  it('never decides what they asked for under the other one', async () => {
    const { execution, ask, review, events, records } = at();
    const arn = execution();
    const card = await ask(arn);
    await review(SECOND_OPERATOR, card, 'you asked for it yourself');
    expect(await events(arn)).toEqual(['requested', 'decision.refused']);
    expect((await records()).at(-1)?.detail).toMatchObject({ why: 'may-not-decide', denial: 'requester' });
  });

  it('counts once, and somebody else has to approve too', async () => {
    const { execution, ask, approve, review, card, result, sent } = at();
    const arn = execution();
    const asked = await ask(arn);
    await approve(LEAD, asked);
    await card(arn, '1 of 2');
    await review(SECOND_LEAD, asked, 'one person counts once');
    expect(sent(arn)).toEqual([]);
    await approve('U0LEAD2', asked);
    await result(asked);
    expect(sent(arn)).toHaveLength(1);
  });

  it('cancels their own request under either', async () => {
    const { slack, execution, ask, card, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    await slack.as(SECOND_OPERATOR).click(asked, 'cancel');
    await card(arn, 'Cancelled');
    expect(await events(arn)).toEqual(['requested', 'cancelled']);
  });
});
