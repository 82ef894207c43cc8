import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';
import { eventsSince, FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

describe('a limit with an end', () => {
  it('reverts to the rate from before when its time is over, once, and reads it back', async () => {
    const id = await granted(given.bot);
    expect(await eventsSince(given.bot)).toEqual(['revert.scheduled']);
    expect((await given.bot.request(id)).hold).toMatchObject({ base: 100 * MIB, role: null, sent: null, end: null });
    given.world.seconds += HOUR - 1;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    given.world.seconds += 2;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    expect(await eventsSince(given.bot)).toEqual(['revert.scheduled', 'revert.started', 'reverted']);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
    expect(given.bot.shown.map(({ kind }) => kind).slice(-3)).toContain('tell');
  });

  it('reverts to no limit, if there was none before', async () => {
    given.aws.setLimit(given.arn, -1);
    await granted(given.bot);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.aws.execution(given.arn).bytesPerSecond).toBe(-1);
  });

  it('is not reverted if somebody has changed it since', async () => {
    const id = await granted(given.bot);
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50]);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'changed', rate: 7 * MIB });
    expect(await eventsSince(given.bot)).toContain('revert.skipped');
  });

  it('is not reverted if the run has ended, which is recorded as soon as it is seen', async () => {
    const id = await granted(given.bot);
    given.aws.finish(given.arn, 'SUCCESS');
    given.world.seconds += 60;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'ended' });
    expect(await given.bot.ledger.inForceOf(given.arn)).toBeNull();
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(await eventsSince(given.bot)).toEqual(['revert.scheduled', 'revert.skipped']);
    expect(await given.bot.redis.zcard(given.bot.keys.timers)).toBe(0);
  });

  it('is covered by a newer one, and its end changes nothing while that one applies', async () => {
    const first = await granted(given.bot);
    const second = await granted(given.bot, { ...to(30), durationSeconds: 2 * HOUR });
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    expect((await given.bot.request(second)).hold).toMatchObject({ base: 100 * MIB });
    given.world.seconds += HOUR + 60;
    await given.bot.work();
    expect(given.limit()).toBe(30);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([50, 30, 100]);
  });

  it('applies again when a newer one is over, until its own end', async () => {
    const first = await granted(given.bot, { durationSeconds: 2 * HOUR });
    const second = await granted(given.bot, to(30));
    expect((await given.bot.request(second)).hold).toMatchObject({ base: 50 * MIB });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    expect((await given.bot.request(second)).hold?.end).toMatchObject({ how: 'reverted', rate: 50 * MIB });
    expect((await given.bot.ledger.inForceOf(given.arn))?.request).toBe(first);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
    expect(given.sent()).toEqual([50, 30, 50, 100]);
  });

  it('that ends at the same moment as a newer one leads to the limit from before, once', async () => {
    const first = await granted(given.bot, { durationSeconds: HOUR });
    given.world.seconds += HOUR / 2;
    const second = await granted(given.bot, { ...to(30), durationSeconds: HOUR / 2 });
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    given.world.seconds += 5;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30, 100]);
    const ends = await Promise.all([first, second].map(async (id) => (await given.bot.request(id)).hold?.end));
    expect(ends).toMatchObject([{ how: 'skipped', why: 'covered' }, { how: 'reverted' }]);
  });

  it('is covered by one without an end, and nothing is reverted', async () => {
    await granted(given.bot);
    await granted(given.bot, { ...to(30), durationSeconds: null });
    given.world.seconds += 3 * HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30]);
  });

  it('is covered by one of the rate from before, and nothing is reverted twice', async () => {
    await granted(given.bot);
    const second = await granted(given.bot, { ...to(100), durationSeconds: HOUR });
    expect(await given.bot.request(second)).toMatchObject({ status: 'applied', hold: { base: 100 * MIB } });
    given.world.seconds += 2 * HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
  });

  it('continues if another request comes to nothing', async () => {
    await granted(given.bot);
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const second = idOf(await given.bot.ask(to(30)));
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(await given.bot.review(second, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
  });

  it('is announced ten minutes before its end, whatever other notices are posted or retried meanwhile', async () => {
    const id = idOf(await given.bot.ask({ durationSeconds: HOUR }));
    for (let round = 0; round < 2; round++) {
      await given.bot.outbox.releaseDue();
      // Another bot is at the card just then.
      for (const work of await given.bot.outbox.take(8)) {
        const ran = work.effect.kind === 'apply' ? await given.bot.run(work) : null;
        await given.bot.settle(work, ran ?? { kind: 'later', seconds: 0.5, why: 'try again' });
      }
    }
    given.world.seconds += 1;
    await given.bot.work();
    given.world.seconds += 301;
    await given.bot.work();
    const before = given.bot.posted(id);
    given.world.seconds += HOUR - 600 - 303;
    await given.bot.work();
    expect(given.bot.posted(id)).toEqual(before);
    given.world.seconds += 2;
    await given.bot.work();
    expect(given.bot.posted(id)).toEqual([...before, `warn ${(await given.bot.request(id)).hold?.dueAt}`]);
  });

  it('is reverted when AWS stops throttling, and is not recorded as sent before', async () => {
    const id = await granted(given.bot);
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.sent).toMatchObject({ attempt: 1, putOff: { why: 'throttled' } });
    expect(given.limit()).toBe(50);
    given.aws.recover();
    given.world.seconds += 10;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(given.limit()).toBe(100);
  });

  it('records that AWS does not allow the revert', async () => {
    const id = await granted(given.bot);
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'denied' });
    expect(given.limit()).toBe(50);
  });

  it('still ends where the limit above it could not be reverted', async () => {
    const below = await granted(given.bot);
    const above = await granted(given.bot, { ...to(20), durationSeconds: HOUR / 2 });
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution', times: 1 });
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    expect((await given.bot.request(above)).hold?.end).toMatchObject({ how: 'failed', why: 'denied' });
    expect(given.limit()).toBe(20);
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect((await given.bot.request(below)).hold?.end).toMatchObject({ how: 'reverted' });
  });
});

describe('a limit without an end', () => {
  it('is no contradiction when its request is no longer stored', async () => {
    const id = await granted(given.bot, { durationSeconds: null });
    const { redis, keys, ledger } = given.bot;
    await redis.del(keys.request(id));
    await ledger.proof.check();
    expect(ledger.proof.wrong()).toEqual([]);
  });
});
