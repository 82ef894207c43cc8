import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';
import { FREE, granted, HOUR } from '../given-grants.ts';

const given = givenBot(FREE);

describe('Extend', () => {
  it('is a request of its own that only moves the end', async () => {
    const first = await granted(given.bot);
    given.world.seconds += HOUR / 2;
    const more = idOf(await given.bot.extend(first, HOUR));
    await given.bot.work();
    expect(await given.bot.request(more)).toMatchObject({ status: 'applied', hold: { base: 100 * MIB, end: null } });
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
    given.world.seconds += HOUR / 2 + 1;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([50, 100]);
  });

  it('needs the approvals for the added time; the limit reverts meanwhile if its time is over', async () => {
    const first = await granted(given.bot);
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 0, unlimited: 0 } };
    const more = idOf(await given.bot.extend(first, HOUR));
    expect((await given.bot.request(more)).status).toBe('pending');
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(await given.bot.review(more, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
  });

  it('counts the whole time against the longest that is allowed', async () => {
    const first = await granted(given.bot);
    given.world.seconds += HOUR / 2;
    expect(await given.bot.extend(first, HOUR + 60)).toMatchObject({
      kind: 'refused',
      refusal: { why: 'duration-too-long', asked: 2 * HOUR + 60, max: 2 * HOUR, held: HOUR },
    });
    const more = idOf(await given.bot.extend(first, HOUR));
    await given.bot.work();
    expect(await given.bot.extend(more, 60)).toMatchObject({ kind: 'refused', refusal: { why: 'duration-too-long' } });
  });

  it('never cancels a Revert now that comes at the same moment', async () => {
    const first = await granted(given.bot);
    const more = idOf(await given.bot.extend(first, HOUR));
    const next = await given.another();
    const real = given.bot.deps.ledger;
    let clicked: Promise<unknown> | null = null;
    // The click comes between the look at the time that runs and the commit which lengthens it.
    given.bot.deps.ledger = {
      ...real,
      async commit(change) {
        if (change.events.some(({ event }) => event === 'applied')) clicked ??= next.revertNow(first, 'U0OPER');
        await clicked;
        return real.commit(change);
      },
    };
    await given.bot.work();
    given.world.seconds += 2;
    await given.bot.work();
    expect(await clicked).toMatchObject({ kind: 'reverting' });
    expect(given.limit()).toBe(100);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(await given.bot.request(more)).toMatchObject({ status: 'stale', hold: null });
  });

  it('goes on alone if the limit that it extended is ended early', async () => {
    const first = await granted(given.bot);
    const more = idOf(await given.bot.extend(first, HOUR));
    await given.bot.work();
    expect(await given.bot.revertNow(first, 'U0OPER')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
    expect(given.limit()).toBe(50);
    expect(await given.bot.revertNow(more, 'U0OPER')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
  });

  it('is ended by whoever requested it, and gives back the time of the limit that it extended', async () => {
    const first = await granted(given.bot);
    const more = idOf(await given.bot.extend(first, HOUR));
    await given.bot.work();
    expect(await given.bot.revertNow(more, 'U0OPER')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect((await given.bot.request(more)).hold?.end).toMatchObject({ how: 'skipped', why: 'same-rate' });
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'reverted' });
  });

  it('is refused if somebody has changed the limit since, with the limit in force now', async () => {
    const id = await granted(given.bot);
    given.aws.setLimit(given.arn, 7 * MIB);
    const refusal = { why: 'cannot-extend', set: 50 * MIB, current: 7 * MIB };
    expect(await given.bot.extend(id, 60)).toMatchObject({ kind: 'refused', refusal });
  });

  it('is refused if the limit has no end', async () => {
    const id = await granted(given.bot, { durationSeconds: null });
    expect(await given.bot.extend(id, 60)).toMatchObject({ kind: 'refused', refusal: { why: 'not-held' } });
  });
});
