import { describe, expect, it } from 'vitest';
import { planRebuild } from '../../../src/audit/rebuild/rebuild-plan.ts';
import { MIB } from '../../domain/given.ts';
import { AUDIT_KEYS } from '../../store/given-ledger.ts';
import { givenBot, idOf } from '../../workflow/given-bot.ts';
import { HOUR, to } from '../../workflow/given-grants.ts';

const given = givenBot({ approvals: { lower: 0, raise: 0, unlimited: 0 }, maxDurationSeconds: 12 * HOUR });

/** The differences that are found while, after each reading of the log, something else is written. */
async function foundWhile(writes: () => Promise<unknown>) {
  const { redis, keys, clock } = given.bot;
  const plan = await planRebuild(redis, keys, AUDIT_KEYS, async () => {
    await writes();
    return clock.now();
  });
  return plan?.differences.map(({ of, how }) => `${of} ${how}`);
}

describe('a comparison of the log with what is stored, while bots write all the time', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { bot, aws, world } = given;
    let mib = 90;
    const write = async () => {
      await bot.ask({ ...to(mib--), durationSeconds: HOUR });
      await bot.work();
      world.seconds += HOUR;
      await bot.work();
    };
    await write();
    expect(await foundWhile(write)).toEqual([]);
    expect(aws.execution(given.arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('finds what is wrong elsewhere', async () => {
    const { bot } = given;
    const id = idOf(await bot.ask({ ...to(60), durationSeconds: HOUR }));
    await bot.work();
    await bot.redis.del(bot.keys.request(id));
    expect(await foundWhile(() => bot.ask({ user: 'U0GUEST' }))).toContain(`${id} missing`);
  });
});
