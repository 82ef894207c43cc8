import { beforeEach, describe, expect, it } from 'vitest';
import { createReminders } from '../../../src/store/slack-state/reminders.ts';
import { remindApprovers } from '../../../src/workflow/commands/remind-approvers.ts';
import { EVERYBODY, person } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';

const given = givenBot({ approvals: { lower: 2, raise: 2, unlimited: null } });

let reminded: string[];
let answer: 'sent' | 'never' | { wait: number };

beforeEach(() => {
  reminded = [];
  answer = 'sent';
});

const pending = async () => idOf(await given.bot.ask());

function remind(id: string) {
  const reminders = createReminders(given.bot.redis, given.bot.keys);
  const said = async (user: string) => {
    reminded.push(user);
    return answer;
  };
  return remindApprovers({ ...given.bot.deps, reminders, remind: said }, id);
}

const timers = async () =>
  (await given.bot.redis.zrange(given.bot.keys.timers, '0', '-1')).filter((one) => one.includes('remind'));

describe('reminders', () => {
  it('come with the request, and go with its end', async () => {
    const id = await pending();
    expect(await timers()).toEqual([JSON.stringify({ kind: 'remind', request: id })]);
    await given.bot.cancel(id, 'U0OPER');
    expect(await timers()).toEqual([]);
  });

  it('go to those who can decide and have not: never the requester, a guest, or who approved', async () => {
    const id = await pending();
    expect(await remind(id)).toMatchObject({ kind: 'later', why: 'the next reminder is not due yet' });
    expect(reminded).toEqual([]);
    given.world.seconds = 600;
    const first = await remind(id);
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND']);
    expect(first).toMatchObject({ kind: 'later' });
    await given.bot.review(id, 'U0LEAD');
    given.world.seconds = 1200;
    expect(await remind(id)).toEqual({ kind: 'done' });
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND', 'U0SECOND']);
  });

  it('go to twenty at most, and guests, who may not, take no place of theirs', async () => {
    const people = (kind: 'guest' | 'member') =>
      Array.from({ length: 25 }, (_, nth) => ({ team: 'T0', user: `U0${kind}${nth}`, name: kind, kind }) as const);
    const [guests, members] = [people('guest'), people('member')];
    for (const one of [...guests, ...members]) given.world.people.set(one.user, one);
    given.world.groups.set(
      'S0LEADS',
      [...guests, ...members].map(({ user }) => user),
    );
    const id = await pending();
    given.world.seconds = 600;
    await remind(id);
    const twenty = members.slice(0, 20).map(({ user }) => user);
    expect(reminded).toEqual(twenty);
    // The same twenty, where it is done again.
    await remind(id);
    expect(reminded).toEqual(twenty);
  });

  it('go to a person once under whichever of their ids, and to no requester under another', async () => {
    const both = (user: string, enterprise: string) => given.world.people.set(user, { ...person(user), enterprise });
    both('U0OPER', 'W0OLGA');
    both('U0OLGAB', 'W0OLGA');
    both('U0LEAD', 'W0LENA');
    both('U0LENAB', 'W0LENA');
    given.world.groups.set('S0LEADS', ['U0OLGAB', 'U0LEAD', 'U0LENAB', 'U0SECOND']);
    const id = await pending();
    given.world.seconds = 600;
    await remind(id);
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND']);
    // Asked anew in another order: the other id is no other person.
    given.world.groups.set('S0LEADS', ['U0LENAB', 'U0LEAD', 'U0SECOND']);
    await remind(id);
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND']);
  });

  it('come later to people whom Slack did not answer for', async () => {
    const id = await pending();
    const lead = given.world.people.get('U0LEAD');
    given.world.people.delete('U0LEAD');
    given.world.seconds = 600;
    expect(await remind(id)).toMatchObject({ kind: 'later', seconds: 30 });
    expect(reminded).toEqual(['U0SECOND']);
    if (lead) given.world.people.set('U0LEAD', lead);
    await remind(id);
    expect(reminded).toEqual(['U0SECOND', 'U0LEAD']);
  });

  it('come once each, however often and wherever the work is done', async () => {
    const id = await pending();
    given.world.seconds = 601;
    await Promise.all([remind(id), remind(id), remind(id)]);
    await remind(id);
    expect(reminded.toSorted()).toEqual(['U0LEAD', 'U0SECOND']);
  });

  it('are not made up for: after a long silence there is one, not two', async () => {
    const id = await pending();
    given.world.seconds = 1500;
    expect(await remind(id)).toEqual({ kind: 'done' });
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND']);
  });

  it('are nothing once it is decided, or by a policy without them', async () => {
    const id = await pending();
    given.world.seconds = 700;
    given.world.rule = { ...given.world.rule, reminders: false };
    expect(await remind(id)).toEqual({ kind: 'done' });
    given.world.rule = { ...given.world.rule, reminders: true };
    await given.bot.review(id, 'U0LEAD', 'deny');
    expect(await remind(id)).toEqual({ kind: 'done' });
    expect(await remind('r-unknown000')).toEqual({ kind: 'done' });
    expect(reminded).toEqual([]);
  });

  it('have no timer if no approval is needed, or the rule disables them', async () => {
    given.world.rule = { ...given.world.rule, reminders: false };
    await pending();
    expect(await timers()).toEqual([]);
  });

  it('wait if Slack asks to, and continue with people who got none', async () => {
    const id = await pending();
    given.world.seconds = 600;
    answer = { wait: 7 };
    expect(await remind(id)).toMatchObject({ kind: 'later', seconds: 7 });
    answer = 'sent';
    await remind(id);
    expect(reminded).toEqual(['U0LEAD', 'U0LEAD', 'U0SECOND']);
  });

  it('try again if Slack does not say who is in the group', async () => {
    const id = await pending();
    given.world.seconds = 600;
    given.world.groups.set('S0LEADS', null);
    expect(await remind(id)).toMatchObject({ kind: 'later', seconds: 30 });
    given.world.groups.set(
      'S0LEADS',
      EVERYBODY.map(({ user }) => user),
    );
    await remind(id);
    expect(reminded).toEqual(['U0LEAD', 'U0SECOND', 'U0NOBODY', 'U0ADMIN']);
  });
});
