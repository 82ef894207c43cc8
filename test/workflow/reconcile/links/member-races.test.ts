import { describe, expect, it } from 'vitest';
import { ClaimLost } from '../../../../src/workflow/faults.ts';
import { commandsOn } from '../../../audit/rebuild/given-rebuild.ts';
import { MIB } from '../../../domain/given.ts';
import { givenBot } from '../../given-bot.ts';
import { FREE, granted, HOUR, to } from '../../given-grants.ts';
import { begin, beginWithWindow, passes } from '../../given-links.ts';
import type { Bot } from '../../start-bot.ts';

const given = givenBot(FREE);
const commands = commandsOn(given);

const MINUTE = 60;

function killedAtSend(bot: Bot): void {
  bot.deps.executions = { ...bot.deps.executions, update: () => Promise.reject(new Error('killed')) };
}

async function takesOver(bot: Bot): Promise<void> {
  for (const work of await bot.outbox.takeAbandoned(8)) await bot.settle(work, await bot.run(work));
}

const eventsNamed = async (name: string) => (await given.bot.events()).filter((event) => event === name);

describe('a bot that is killed between the intent of a window and its change', () => {
  it('is replaced by another, which sends it once', async () => {
    await beginWithWindow(given);
    killedAtSend(given.bot);
    await expect(passes(given, 5 * MINUTE)).rejects.toThrow('killed');
    const next = await given.another();
    await takesOver(next);
    for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE, next);
    expect(given.sent()).toEqual([40]);
  });

  it('is replaced after the window by another, which does not send the window’s limit any more', async () => {
    await beginWithWindow(given);
    killedAtSend(given.bot);
    await expect(passes(given, 5 * MINUTE)).rejects.toThrow('killed');
    given.world.seconds += 61 * MINUTE;
    const next = await given.another();
    await takesOver(next);
    for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE, next);
    expect(given.sent()).not.toContain(40);
    expect(given.limit()).toBe(100);
  });

  it('and that sends it after the window all the same is corrected', async () => {
    await beginWithWindow(given);
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const real = given.bot.deps.executions;
    let fellAsleep = () => {};
    const sleeping = new Promise<void>((resolve) => {
      fellAsleep = resolve;
    });
    given.bot.deps.executions = {
      ...real,
      update: async (...call) => {
        fellAsleep();
        await asleep;
        return real.update(...call);
      },
    };
    given.world.seconds += 60 * MINUTE;
    const late = given.bot.work();
    late.catch(() => undefined);
    await sleeping;
    given.world.seconds += 6 * MINUTE;
    const next = await given.another();
    await takesOver(next);
    for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE, next);
    wake();
    await late.catch(() => undefined);
    for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE, next);
    expect(given.limit()).toBe(100);
    expect(await eventsNamed('drift.detected')).toEqual([]);
  });
});

describe('a grant that ends', () => {
  it('at the moment at which a window begins brings the window’s', async () => {
    await beginWithWindow(given);
    const window = given.world.links[0]?.timetable[0];
    const start = new Date(given.world.began);
    start.setUTCHours(0, window?.from ?? 0, 0, 0);
    await granted(given.bot, { ...to(60), durationSeconds: (start.getTime() - given.world.began) / 1000 });
    expect(given.limit()).toBe(60);
    await passes(given, (start.getTime() - given.world.began) / 1000 - given.world.seconds);
    for (let tries = 0; tries < 3; tries++) await passes(given, 2);
    expect(given.limit()).toBe(40);
    await passes(given, HOUR + MINUTE);
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([60, 40, 100]);
  });

  it('at the moment at which a window ends brings the one from before', async () => {
    await beginWithWindow(given);
    const window = given.world.links[0]?.timetable[0];
    const end = new Date(given.world.began);
    end.setUTCHours(0, (window?.from ?? 0) + 60, 0, 0);
    const id = await granted(given.bot, { ...to(60), durationSeconds: (end.getTime() - given.world.began) / 1000 });
    await passes(given, 5 * MINUTE);
    expect(given.limit()).toBe(40);
    await passes(given, (end.getTime() - given.world.began) / 1000 - given.world.seconds);
    for (let tries = 0; tries < 3; tries++) await passes(given, 2);
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([60, 40, 100]);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
  });
});

describe('the log of a member that has only the limit of its link', () => {
  it('is archived and rebuilt without a difference, and the one from before comes back', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    expect(await commands.dryRun()).toMatchObject({ code: 0 });
    given.world.seconds += MINUTE;
    const archived = await commands.archive(given.bot.clock.now());
    expect(archived.code).toBe(0);
    expect(await commands.dryRun()).toMatchObject({ code: 0 });
    await commands.forgetAll();
    expect((await commands.rebuild()).code).toBe(0);
    const next = await given.another();
    await begin(next);
    await passes(given, 61 * MINUTE, next);
    expect(given.limit()).toBe(100);
    expect(await commands.dryRun()).toMatchObject({ code: 0 });
    await passes(given, MINUTE, next);
    await commands.archive(given.bot.clock.now());
    expect(await commands.dryRun()).toMatchObject({ code: 0 });
  });
});

describe('two bots that do the work of a member at once', () => {
  it('send each limit once', async () => {
    await beginWithWindow(given);
    const next = await given.another();
    for (const minutes of [5, 60]) {
      given.world.seconds += minutes * MINUTE;
      const worked = await Promise.allSettled([given.bot.work(), next.work(), given.bot.work(), next.work()]);
      // One that lost its claim to the other has written nothing more.
      for (const one of worked) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(ClaimLost);
      await takesOver(next);
      for (let tries = 0; tries < 20; tries++) await passes(given, 6, tries % 2 === 0 ? next : given.bot);
      await takesOver(next);
      await passes(given, MINUTE, next);
    }
    expect(given.sent()).toEqual([40, 100]);
  });
});
