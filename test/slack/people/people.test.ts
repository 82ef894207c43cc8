import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { defaultSeed } from '../../../sandbox/slack/seed.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { createPeople } from '../../../src/slack/people/people.ts';
import { PersonUnknown } from '../../../src/workflow/faults.ts';

const MINUTE = 60_000;
const log = createLogger({ level: 'fatal', secrets: [] });
let slack: LocalSlack;
let now = Date.now();

beforeAll(async () => {
  const robot = { id: 'U0ROBOT', name: 'robot', realName: 'Robot', bot: true };
  const users = defaultSeed.users.map((user) => (user.id === 'U0LEAD' ? { ...user, enterpriseId: 'W0LENA' } : user));
  slack = await startSlack({ seed: { users: [...users, robot] } });
});
afterEach(() => slack.recover());
afterAll(() => slack.stop());

const people = () => {
  const client = new WebClient(slack.seed.app.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  return createPeople({ interactive: client, optional: client }, slack.seed.team.id, { now: () => new Date(now) }, log);
};
const asked = (method: string) => slack.calls.filter((call) => call.method === method).length;

describe('a person', () => {
  it.each([
    ['U0OPER', 'member', null],
    ['U0LEAD', 'member', 'W0LENA'],
    ['U0GUEST', 'guest', null],
    ['U0STRANGE', 'stranger', null],
    ['U0GONE', 'deactivated', null],
    ['U0ROBOT', 'bot', null],
    ['U0NOBODY', 'stranger', undefined],
  ])('%s is a %s, with the id %s in the organization', async (id, kind, enterprise) => {
    const person = await people().person(id);
    expect(person).toMatchObject({ user: id, kind });
    expect(person.enterprise).toBe(enterprise);
  });

  it('is looked up anew after 10 s for what decides, and after minutes for what only counts or names', async () => {
    const { person, lately } = people();
    const before = asked('users.info');
    await lately('U0OPER');
    await person('U0OPER');
    expect(asked('users.info')).toBe(before + 1);
    now += 11_000;
    await lately('U0OPER');
    expect(asked('users.info')).toBe(before + 1);
    await person('U0OPER');
    expect(asked('users.info')).toBe(before + 2);
    now += 5 * MINUTE;
    await lately('U0OPER');
    expect(asked('users.info')).toBe(before + 3);
  });

  it('whom Slack can not tell is nobody in particular, and asked for again', async () => {
    const { lately } = people();
    slack.outage({ kind: 'error', methods: ['users.info'] });
    await expect(lately('U0OPER')).rejects.toThrow(PersonUnknown);
    slack.recover();
    expect(await lately('U0OPER')).toMatchObject({ kind: 'member' });
  });
});

describe('a channel', () => {
  it.each([
    ['C0OPS', false],
    ['C0OTHER', false],
    ['G0SECRET', true],
    ['C0NOWHERE', true],
  ])('%s is private: %s', async (channel, expected) => {
    expect(await people().isPrivate(channel)).toBe(expected);
  });

  it('is asked about once in minutes, and is private as long as Slack can not say', async () => {
    const { isPrivate } = people();
    slack.outage({ kind: 'error', methods: ['conversations.info'] });
    expect(await isPrivate('C0OPS')).toBe(true);
    slack.recover();
    const before = asked('conversations.info');
    expect([await isPrivate('C0OPS'), await isPrivate('C0OPS')]).toEqual([false, false]);
    expect(asked('conversations.info')).toBe(before + 1);
  });

  it('can be posted in, alone, with others, or not', async () => {
    const { postable } = people();
    expect(await postable('C0OPS')).toBe('yes');
    for (const shared of ['external', 'pending'] as const) {
      slack.share('C0OPS', shared);
      expect(await postable('C0OPS')).toBe('shared');
    }
    slack.share('C0OPS', 'organization');
    expect(await postable('C0OPS')).toBe('yes');
    slack.share('C0OPS', null);
    expect(await postable('C0OTHER')).toBe('not-a-member');
  });
});
