import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { eventsSince, FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

describe('polling an execution', () => {
  const looks = () => given.aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;

  it('polls an execution for one request only, and stops when the run ends', async () => {
    await granted(given.bot, { durationSeconds: null });
    const second = await granted(given.bot, { ...to(30), durationSeconds: null });
    given.world.seconds += 400;
    await given.bot.work();
    const other = await given.another();
    await other.work();
    const before = looks();
    given.world.seconds += 301;
    await given.bot.work();
    await other.work();
    expect(looks() - before).toBe(1);
    expect(given.bot.shown.filter(({ kind }) => kind === 'watch').at(-1)).toMatchObject({ request: second });
    given.aws.finish(given.arn, 'SUCCESS');
    given.world.seconds += 301;
    await given.bot.work();
    expect(await given.bot.redis.zcard(given.bot.keys.timers)).toBe(0);
    expect(await given.bot.ledger.inForceOf(given.arn)).toBeNull();
  });

  it('keeps the card counting down if AWS denies the read or does not answer', async () => {
    const id = await granted(given.bot);
    const shown = () => given.bot.shown.filter((one) => one.kind === 'watch' && one.request === id).length;
    for (const [kind, seconds] of [
      ['reset', 31],
      ['deny', 301],
    ] as const) {
      given.aws.recover();
      given.aws.fail({ kind, operation: 'DescribeTaskExecution' });
      given.world.seconds += 31;
      await given.bot.work();
      const before = shown();
      given.world.seconds += seconds;
      await given.bot.work();
      expect(shown()).toBe(before + 1);
    }
  });

  it('records a change made outside once, and again when it changes again', async () => {
    const id = await granted(given.bot, { durationSeconds: null });
    const step = async (mib: number) => {
      given.aws.setLimit(given.arn, mib * MIB);
      for (let looked = 0; looked < 2; looked++) {
        given.world.seconds += 301;
        await given.bot.work();
      }
    };
    await step(7);
    expect(await eventsSince(given.bot)).toEqual(['drift.detected']);
    expect((await given.bot.request(id)).drift).toMatchObject({ rate: 7 * MIB });
    await step(8);
    await step(50);
    expect(await eventsSince(given.bot)).toEqual(['drift.detected', 'drift.detected', 'drift.detected']);
  });

  it('records nothing of the bot’s own changes', async () => {
    await granted(given.bot);
    given.world.seconds += HOUR;
    await given.bot.work();
    given.world.seconds += 301;
    await given.bot.work();
    await granted(given.bot, to(30));
    given.world.seconds += 301;
    await given.bot.work();
    expect(await given.bot.events()).not.toContain('drift.detected');
  });
});
