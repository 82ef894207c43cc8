import { describe, expect, it } from 'vitest';
import { givenBot, idOf } from '../given-bot.ts';
import { eventsSince, FREE, granted, HOUR, to } from '../given-grants.ts';
import type { Bot } from '../start-bot.ts';

const given = givenBot(FREE);

describe('a revert with two bots', () => {
  it('one killed between the intent and the change: the other reverts, once', async () => {
    const id = await granted(given.bot);
    given.bot.deps.executions = { ...given.bot.deps.executions, update: () => Promise.reject(new Error('killed')) };
    given.world.seconds += HOUR;
    await expect(given.bot.work()).rejects.toThrow('killed');
    expect((await given.bot.request(id)).hold?.sent).toMatchObject({ attempt: 1 });
    const next = await given.another();
    // A claim counts as abandoned after half a minute.
    given.world.seconds += 30;
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([50, 100]);
    expect(await eventsSince(given.bot)).toEqual(['revert.scheduled', 'revert.started', 'revert.started', 'reverted']);
  });

  it('one killed after the change: the other reads back and sends nothing', async () => {
    const id = await granted(given.bot);
    const real = given.bot.deps.executions;
    given.bot.deps.executions = {
      ...real,
      update: async (...call) => {
        await real.update(...call);
        throw new Error('killed');
      },
    };
    given.world.seconds += HOUR;
    await expect(given.bot.work()).rejects.toThrow('killed');
    const next = await given.another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    await next.work();
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(given.sent()).toEqual([50, 100]);
  });

  it('never reverts while another change is on its way', async () => {
    await granted(given.bot);
    const second = idOf(await given.bot.ask({ ...to(30), durationSeconds: null }));
    const real = given.bot.deps.executions;
    // The second change waits for AWS; the first one's time is over meanwhile.
    let answer = () => {};
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let began = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    given.bot.deps.executions = {
      ...real,
      update: async (...call) => {
        began();
        await gate;
        return real.update(...call);
      },
    };
    const applying = given.bot.work();
    await begun;
    given.world.seconds += HOUR;
    const next = await given.another();
    await next.outbox.releaseDue();
    for (const work of await next.outbox.take(8)) await next.settle(work, await next.run(work));
    expect(given.sent()).toEqual([50]);
    answer();
    await applying;
    given.world.seconds += 60;
    await next.work();
    expect(given.sent()).toEqual([50, 30]);
    expect((await given.bot.request(second)).status).toBe('applied');
  });

  it('makes a change that was decided before it be decided anew, so nothing is sent', async () => {
    await granted(given.bot);
    const second = idOf(await given.bot.ask({ ...to(30), durationSeconds: null }));
    const next = await given.another();
    const real = given.bot.deps.executions;
    let isFirst = true;
    given.bot.deps.executions = {
      ...real,
      // AWS still shows the first limit; before that is acted on, the other bot reverts it.
      describe: async (...call) => {
        const seen = await real.describe(...call);
        if (isFirst) {
          isFirst = false;
          given.world.seconds += HOUR;
          await next.outbox.releaseDue();
          for (const work of await next.outbox.take(8)) await next.settle(work, await next.run(work));
        }
        return seen;
      },
    };
    await given.bot.work();
    given.world.seconds += 2;
    await given.bot.work();
    expect((await given.bot.request(second)).status).toBe('stale');
    expect(given.sent()).toEqual([50, 100]);
    expect(given.limit()).toBe(100);
  });

  describe('keeps the rate from before if another change has reached AWS and is not on record yet', () => {
    /** Runs `meanwhile` with AWS showing the second limit and its worker waiting for the answer; then both end. */
    async function whileAtAws(meanwhile: (first: string, next: Bot) => Promise<void>) {
      const first = await granted(given.bot);
      await given.bot.ask({ ...to(30), durationSeconds: 2 * HOUR });
      const real = given.bot.deps.executions;
      let answer = () => {};
      const gate = new Promise<void>((resolve) => {
        answer = resolve;
      });
      let arrived = () => {};
      const atAws = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      given.bot.deps.executions = {
        ...real,
        update: async (...call) => {
          const done = await real.update(...call);
          arrived();
          await gate;
          return done;
        },
      };
      const applying = given.bot.work();
      await atAws;
      const next = await given.another();
      await meanwhile(first, next);
      await next.outbox.releaseDue();
      for (const work of await next.outbox.take(8)) await next.settle(work, await next.run(work));
      expect((await given.bot.request(first)).hold?.end).toBeNull();
      given.aws.recover();
      answer();
      await applying;
      given.bot.deps.executions = real;
      given.world.seconds += 2;
      await given.bot.work();
      const hold = (await given.bot.request(first)).hold;
      expect(hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
      given.world.seconds += 2 * HOUR;
      await given.bot.work();
      expect(given.limit()).toBe(100);
      expect(given.sent()).toEqual([50, 30, 100]);
    }

    it('when the time is over', () =>
      whileAtAws(async () => {
        given.world.seconds += HOUR;
      }));

    it('when somebody presses Revert now', () =>
      whileAtAws(async (first, next) => {
        expect(await next.revertNow(first, 'U0OPER')).toMatchObject({ kind: 'reverting' });
      }));

    it('when AWS denies reads at that moment', () =>
      whileAtAws(async () => {
        given.world.seconds += HOUR;
        given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
      }));
  });
});
