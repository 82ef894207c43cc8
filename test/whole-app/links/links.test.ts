import { describe, expect, it } from 'vitest';
import { COMMAND, givenWorld, LEAD, OPERATOR, POLICY } from '../world.ts';

const TASK = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0';
const LINKS = `links:
  - name: dc1-wan
    about: Frankfurt uplink
    tasks: ["${TASK}"]
    capacity: 800Mbit/s
    zone: Europe/Berlin
    timetable:
      - { days: mon-sun, from: "00:00", to: "24:00", capacity: 200Mbit/s }
      - { dates: ["2099-12-24"], from: "00:00", to: "24:00", capacity: unlimited }
  - name: backup-line
    tasks: ["${TASK.replace('0123', '4567')}"]
    capacity: 50MiB/s
  - name: a-line-for-everybody
    tasks: ["${TASK.replace('0123', '5678')}"]
    capacity: 50MiB/s
`;
const LINK_RULE = `
  - name: lines
    match: { links: [dc1-wan], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 0, raise: 1 }
    maxDuration: 4h
  - name: anywhere
    match: { links: [a-line-for-everybody] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 0, raise: 1 }
`;
const at = givenWorld({ policy: `${POLICY.trimEnd()}${LINK_RULE}${LINKS}` });

const type = (words: string, user = OPERATOR) =>
  at()
    .told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words))
    .then(({ text }) => text);

describe('a link is named', () => {
  it('for its status: the capacity now and why, the next change, the week, and that it is not applied', async () => {
    const text = await type('status dc1-wan');
    expect(text).toContain('dc1-wan');
    expect(text).toContain('Frankfurt uplink');
    expect(text).toMatch(/23\.8 MiB\/s \(200 Mbit\/s\): window Mon–Sun 00:00–24:00 \(Europe\/Berlin\)/);
    expect(text).toMatch(/Next change\*\s.*2099.*unlimited/s);
    expect(text).toContain('1 task');
    expect(text).toContain('not applied yet');
  });

  it('for a preview: the rule, the approvals and from whom, by direction', async () => {
    const lower = await type('why dc1-wan 100Mbit/s for 30m');
    expect(lower).toContain('no approval needed');
    expect(lower).toContain('lines');
    const raise = await type('why dc1-wan 400Mbit/s for 30m');
    expect(raise).toContain('1 approval');
    expect(raise).toContain('Next change');
    expect(await type('why dc1-wan 50% for 30m')).toContain('11.9 MiB/s');
    expect((await at().records()).filter(({ event }) => event !== 'link.window')).toEqual([]);
  });

  it.each([
    ['without an end', 'why dc1-wan 100Mbit/s', /needs an end.*4 h.*for 30m/s],
    ['for too long', 'why dc1-wan 100Mbit/s for 5h', /4 h/],
    ['at the capacity that is due anyway', 'why dc1-wan 200Mbit/s for 1h', /for that whole time anyway/],
    ['without a limit, which its rule does not allow', 'why dc1-wan unlimited for 1h', /lines/],
    ['that no rule is for', 'why backup-line 10MiB/s for 1h', /No policy rule covers link `?backup-line/],
  ])('for a preview %s: why it would be refused', async (_, words, said) => {
    const text = await type(words);
    expect(text).toMatch(/would be refused/);
    expect(text).toMatch(said);
  });

  it.each([
    ['that the bot is not in', 'C0OTHER', /not in this channel/],
    ['that is a direct message', 'D0OLGA', /direct message/],
  ])('for a preview in a channel %s: why it would be refused', async (_, channel, said) => {
    const why = () => at().slack.as(OPERATOR).command(channel, COMMAND, 'why a-line-for-everybody 10MiB/s for 1h');
    const { text } = await at().told(OPERATOR, why);
    expect(text).toMatch(/would be refused/);
    expect(text).toMatch(said);
  });

  it('for a preview in a channel shared with another organization: why it would be refused', async () => {
    at().slack.share('C0OPS', 'external');
    const text = await type('why a-line-for-everybody 10MiB/s for 1h');
    at().slack.share('C0OPS', null);
    expect(text).toMatch(/would be refused.*shared with another organization.*`anywhere`/s);
  });

  it('by somebody whom its rule does not name, or by a guest', async () => {
    expect(await type('why dc1-wan 100Mbit/s for 30m', LEAD)).toMatch(/would be refused/);
    expect(await type('status dc1-wan', 'U0GUEST')).not.toContain('Frankfurt');
  });

  it('in a request: nothing is requested, and the answer says why', async () => {
    const before = await at().records();
    for (const words of ['dc1-wan 100Mbit/s for 30m call with Tokyo', 'dc1-wan']) {
      const text = await type(words);
      expect(text).toContain('Nothing was requested');
      expect(text).toContain('status dc1-wan');
      expect(text).toContain('its id or ARN, also where its task has this name');
    }
    expect(await at().records()).toEqual(before);
  });

  it('with a typing mistake: the links there are, the nearest first', async () => {
    expect(await type('status dc1-wna')).toMatch(/Links: `?dc1-wan`?, `?backup-line/);
    expect(await type('dc1-wna 50MiB/s')).toMatch(/Links: `?dc1-wan/);
    expect(await type('dc1-wna 50MiB/s')).not.toContain('backup-line');
  });
});
