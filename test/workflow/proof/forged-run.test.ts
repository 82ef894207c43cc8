import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/domain/run/run.ts';
import { StateUnproven } from '../../../src/workflow/faults.ts';
import { MIB } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { granted, HOUR, to } from '../given-grants.ts';

const given = givenBot({ approvals: { lower: 0, raise: 2, unlimited: null }, maxDurationSeconds: 2 * HOUR });

async function someTimeLater(seconds: number): Promise<void> {
  given.world.seconds += seconds;
  await given.bot.work();
}

describe('the limits of a run, changed past the bot,', () => {
  it.each<[string, (run: Run) => object]>([
    ['limit from before', (run) => ({ ...run, baseline: -1 })],
    ['rate of a grant', (run) => ({ ...run, grants: run.grants.map((one) => ({ ...one, rate: 900 * MIB })) })],
    ['end of a grant', (run) => ({ ...run, grants: run.grants.map((one) => ({ ...one, until: null })) })],
    [
      'grant',
      ({ grants: [one], ...run }) => ({ ...run, grants: [{ ...one, request: 'r-madeup0000', rate: -1 }, one] }),
    ],
    ['change in flight', (run) => ({ ...run, change: null, inForce: { ...run.inForce, rate: 900 * MIB } })],
    ['unconfirmed rate', (run) => ({ ...run, unconfirmed: [{ rate: 7 * MIB, sentAt: run.inForce?.at }] })],
  ])('lead to nothing with another %s', async (_, change) => {
    await granted(given.bot);
    const { redis, keys } = given.bot;
    const before = (await redis.hget(keys.run(given.arn), 'state')) ?? '';
    await redis.hset(keys.run(given.arn), 'state', JSON.stringify(change(JSON.parse(before) as Run)));
    await expect(given.bot.ask({ ...to(40), durationSeconds: 60 })).rejects.toThrow(StateUnproven);
    await someTimeLater(HOUR + 1);
    expect(given.sent()).toEqual([50]);
    expect(given.bot.ledger.proof.wrong()).toHaveLength(1);
    await redis.hset(keys.run(given.arn), 'state', before);
    await someTimeLater(20);
    expect(given.sent()).toEqual([50, 100]);
    expect(given.bot.ledger.proof.wrong()).toEqual([]);
  });

  it('are folded anew from the log where the key was deleted, and not where its index lacks a record', async () => {
    await granted(given.bot);
    const { redis, keys } = given.bot;
    await redis.del(keys.run(given.arn));
    const index = await redis.zrange(keys.indexExecution(given.arn), '0', '-1');
    await redis.zrem(keys.indexExecution(given.arn), index.at(-1) ?? '');
    await expect(given.bot.ask({ ...to(40), durationSeconds: 60 })).rejects.toThrow(StateUnproven);
    await redis.zadd(keys.indexExecution(given.arn), index.at(-1) ?? '', index.at(-1) ?? '');
    await someTimeLater(HOUR + 1);
    expect(given.sent()).toEqual([50, 100]);
  });
});
