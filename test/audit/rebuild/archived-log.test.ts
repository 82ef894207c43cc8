import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot } from '../../workflow/given-bot.ts';
import { granted, HOUR, to } from '../../workflow/given-grants.ts';
import { commandsOn, GOOD } from './given-rebuild.ts';

const given = givenBot({ approvals: { lower: 0, raise: 0, unlimited: 0 }, maxDurationSeconds: 12 * HOUR });
const { rebuild, dryRun, archive } = commandsOn(given);

async function afterSeconds(seconds: number): Promise<Date> {
  given.world.seconds += seconds;
  await given.bot.work();
  return given.bot.clock.now();
}

/** Two limits above each other, both over, of which only the records of the upper one are left in Redis. */
async function archivedBetweenLimits() {
  await granted(given.bot, { ...to(60), durationSeconds: 6 * HOUR });
  const between = await afterSeconds(60);
  await afterSeconds(60);
  await granted(given.bot, { ...to(40), durationSeconds: 2 * HOUR });
  await afterSeconds(2 * HOUR);
  await afterSeconds(4 * HOUR);
  expect(given.sent()).toEqual([60, 40, 60, 100]);
  expect((await archive(between)).said).toContain('4 records');
}

describe('audit rebuild of a log that was archived', () => {
  it('finds nothing wrong at any moment', async () => {
    for (const mib of [60, 50, 40, 30]) {
      await granted(given.bot, { ...to(mib), durationSeconds: HOUR });
      expect(await dryRun(), `${mib} in force`).toMatchObject({ code: 0 });
      const now = await afterSeconds(1800);
      expect((await archive(now)).code).toBe(0);
      expect(await dryRun(), `${mib} archived`).toMatchObject({ code: 0 });
    }
    given.aws.setLimit(given.arn, 77 * MIB);
    await afterSeconds(120);
    expect(await dryRun(), 'changed outside').toMatchObject({ code: 0 });
    await archive(await afterSeconds(4 * HOUR));
    expect(await dryRun(), 'all over').toMatchObject({ code: 0 });
  });

  it('goes on polling an execution of which no record is left', async () => {
    const { bot } = given;
    const id = await granted(bot, { ...to(60), durationSeconds: HOUR });
    await afterSeconds(HOUR);
    // A refusal is the last record of the log, which is never archived.
    await bot.ask({ user: 'U0GUEST' });
    await archive(await afterSeconds(60));
    expect(await bot.events()).not.toContain('reverted');
    expect(await dryRun()).toMatchObject({ code: 0 });
    expect(await rebuild()).toMatchObject(GOOD);
    expect((await bot.ledger.limitsInForce()).map(({ request }) => request.id)).toEqual([id]);
  });

  it('reverts a new limit to the one from before the bot, not to one of a grant that is over', async () => {
    await archivedBetweenLimits();
    expect(await dryRun()).toMatchObject({ code: 0 });
    await granted(given.bot, { ...to(30), durationSeconds: 2 * HOUR });
    expect(await dryRun()).toMatchObject({ code: 0 });
    await given.bot.redis.del(given.bot.keys.run(given.arn));
    expect(await rebuild()).toMatchObject(GOOD);
    const next = await given.another();
    given.world.seconds += 2 * HOUR;
    await next.work();
    expect(given.sent()).toEqual([60, 40, 60, 100, 30, 100]);
  });
});
