import { describe, expect, it } from 'vitest';
import { createTimers } from '../../../src/store/work/timers.ts';
import { restoreWork } from '../../../src/workflow/commands/restore-work.ts';
import { approved, givenBot, idOf } from '../given-bot.ts';
import { FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

function restore(): Promise<number> {
  const { redis, keys, clock, ledger } = given.bot;
  return restoreWork({ ledger, clock, timers: createTimers({ redis, keys, clock }) });
}

describe('timers that Redis lost', () => {
  it('are set again: limits revert, covered ones end, and the run is polled', async () => {
    const first = await granted(given.bot, { durationSeconds: 2 * HOUR });
    await granted(given.bot, to(30));
    await given.bot.redis.del(given.bot.keys.timers);
    expect(await restore()).toBe(2);
    expect(await restore()).toBe(0);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30, 50, 100]);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'reverted' });
    given.aws.finish(given.arn, 'SUCCESS');
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(await given.bot.ledger.inForceOf(given.arn)).toBeNull();
  });

  it('are set again: requests expire, and approved ones are applied', async () => {
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const id = await approved(given.bot);
    const { redis, keys } = given.bot;
    await redis.del(keys.timers);
    for (const [entry] of await redis.xrange(keys.awsOutbox, '-', '+')) await redis.xdel(keys.awsOutbox, entry);
    expect(await restore()).toBe(1);
    given.world.seconds += 120;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    const pending = idOf(await given.bot.ask(to(30)));
    await redis.del(keys.timers);
    expect(await restore()).toBe(1);
    given.world.seconds += 3 * HOUR;
    await given.bot.work();
    expect((await given.bot.request(pending)).status).toBe('expired');
  });

  it('leave those that are there as they are', async () => {
    await granted(given.bot);
    const before = await given.bot.redis.zrange(given.bot.keys.timers, '0', '-1', 'WITHSCORES');
    expect(await restore()).toBe(0);
    expect(await given.bot.redis.zrange(given.bot.keys.timers, '0', '-1', 'WITHSCORES')).toEqual(before);
  });
});
