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
    const extendedUntil = (await given.bot.request(more)).hold?.dueAt;
    expect((await given.bot.request(first)).hold?.end).toMatchObject({
      how: 'skipped',
      why: 'replaced',
      replacedBy: more,
      extendedUntil,
    });
    expect(extendedUntil).toBeDefined();
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    given.world.seconds += HOUR / 2 + 1;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([50, 100]);
  });

  it('needs as many approvals as the limit did, which reverts meanwhile if its time is over', async () => {
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
        if (change.events.some(({ event }) => event === 'applied')) clicked ??= next.revertNow(first, 'U0LEAD');
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

  it('leaves no Revert now on the card of the limit that it extended', async () => {
    const first = await granted(given.bot);
    const extended = await given.bot.extend(first, HOUR);
    for (const work of await given.bot.outbox.take(8)) if (work.effect.kind === 'apply') await given.bot.run(work);
    expect((await given.bot.request(idOf(extended))).status).toBe('applied');
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    expect(await given.bot.revertNow(first, 'U0LEAD')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
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
