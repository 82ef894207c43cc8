import { describe, expect, it } from 'vitest';
import { person } from '../../domain/given.ts';
import { givenBot, idOf, prefixOf, updates } from '../given-bot.ts';
import { startBot } from '../start-bot.ts';

const given = givenBot();

const pending = async () => idOf(await given.bot.ask());

describe('the expiry', () => {
  it('happens when nobody decides', async () => {
    const id = await pending();
    given.world.seconds = 1799;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('pending');
    given.world.seconds = 1800;
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'expired', ending: { by: null } });
    expect(given.bot.shown.map(({ kind }) => kind)).toContain('result');
  });

  it('is not lost if a bot whose clock is ahead released the timer early', async () => {
    const id = await pending();
    await given.bot.work();
    const fast = await startBot(given.arn, { ...given.world, seconds: 1801 }, prefixOf(given.bot));
    // The end of its time, and the reminder.
    expect(await fast.outbox.releaseDue()).toBe(2);
    fast.close();
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('pending');
    given.world.seconds = 1801;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('expired');
  });

  it('is moved by an approval', async () => {
    const id = await pending();
    given.world.seconds = 1000;
    await given.bot.review(id, 'U0LEAD');
    given.world.people.set('U0LEAD', person('U0LEAD'));
    given.world.groups.set('S0LEADS', null);
    given.world.seconds = 1900;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('approved');
    given.world.seconds = 2801;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('expired');
    expect(updates(given.aws)).toEqual([]);
  });
});
