import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';
import { eventsSince, FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

describe('Revert now', () => {
  it('of a limit that raised is also for whoever may approve it, and reverts at once', async () => {
    const id = await granted(given.bot, to(150));
    expect(await given.bot.revertNow(id, 'U0NOBODY')).toMatchObject({
      kind: 'refused',
      refusal: { why: 'may-not-revert', requester: 'U0OPER' },
    });
    expect(await given.bot.revertNow(id, 'U0GUEST')).toMatchObject({ kind: 'refused' });
    expect(await given.bot.revertNow(id, 'U0LEAD')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(await eventsSince(given.bot)).toEqual([
      'revert.scheduled',
      'decision.refused',
      'decision.refused',
      'revert.scheduled',
      'revert.started',
      'reverted',
    ]);
    expect((await given.bot.request(id)).hold?.by).toMatchObject({ user: 'U0LEAD' });
    expect(await given.bot.revertNow(id, 'U0OPER')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
    expect(given.sent()).toEqual([150, 100]);
  });

  it('of a limit that lowered is for its requester and admins alone', async () => {
    const id = await granted(given.bot);
    expect(await given.bot.revertNow(id, 'U0LEAD')).toMatchObject({ refusal: { why: 'may-not-revert' } });
    given.world.admins = ['U0SECOND'];
    expect(await given.bot.revertNow(id, 'U0SECOND')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
  });

  it('ends a limit that has no end', async () => {
    const id = await granted(given.bot, { durationSeconds: null });
    expect(await given.bot.revertNow(id, 'U0OPER')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
    expect(await given.bot.revertNow(id, 'U0OPER')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
  });

  it('of a covered limit changes nothing at AWS, and it never applies again', async () => {
    const first = await granted(given.bot);
    const second = await granted(given.bot, { ...to(30), durationSeconds: HOUR / 2 });
    expect(await given.bot.revertNow(first, 'U0OPER')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.limit()).toBe(30);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    expect((await given.bot.request(second)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
    expect(given.sent()).toEqual([50, 30, 100]);
  });

  it('of a raise ends what was lowered above it without the approvals of a raise', async () => {
    given.world.rule = { ...given.world.rule, approvals: { lower: 0, raise: 1, unlimited: 1 } };
    const raise = idOf(await given.bot.ask({ ...to(200), durationSeconds: 2 * HOUR }));
    await given.bot.review(raise, 'U0LEAD');
    await given.bot.work();
    const above = await granted(given.bot, { ...to(150), durationSeconds: HOUR });
    const highest = await granted(given.bot, { ...to(40), durationSeconds: HOUR / 2 });
    expect(given.sent()).toEqual([200, 150, 40]);
    expect(await given.bot.revertNow(raise, 'U0LEAD')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect((await given.bot.request(above)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
    expect((await given.bot.request(highest)).hold?.end).toBeNull();
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    expect(given.sent()).toEqual([200, 150, 40, 100]);
  });
});
