import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { approved, givenBot, idOf } from '../../workflow/given-bot.ts';
import { granted, HOUR, to } from '../../workflow/given-grants.ts';
import { commandsOn, GOOD } from './given-rebuild.ts';

const given = givenBot({ approvals: { lower: 1, raise: 1, unlimited: 1 }, maxDurationSeconds: 12 * HOUR });

const { rebuild, dryRun, archive, otherKeys, forgetAll } = commandsOn(given);

/** Every key that is not the log's, with its value. */
async function stored(): Promise<Map<string, unknown>> {
  const { redis } = given.bot;
  const found = new Map<string, unknown>();
  for (const key of await otherKeys()) {
    const type = await redis.type(key);
    if (type === 'string') found.set(key, await redis.get(key));
    if (type === 'hash') found.set(key, await redis.hgetall(key));
    if (type === 'zset') found.set(key, await redis.zrange(key, '0', '-1', 'WITHSCORES'));
  }
  return found;
}

/** What is neither an answer of an operation nor work under way. */
function lasting(all: Map<string, unknown>): Map<string, unknown> {
  const { keys } = given.bot;
  const isRebuilt = (key: string) =>
    [keys.request(''), keys.run(''), keys.openExecution(''), keys.inForce, keys.changing].some((one) =>
      key.startsWith(one),
    ) ||
    key.startsWith(keys.indexUser('', '').slice(0, keys.indexUser('', '').indexOf('ix') + 3)) ||
    key === keys.open;
  return new Map([...all].filter(([key]) => isRebuilt(key)));
}

/** One key of each kind. */
function oneOfEach(all: Iterable<string>): string[] {
  const byKind = new Map([...all].map((key) => [key.split(/:(?:r-|arn|task-|T0)/)[0], key]));
  return [...byKind.values()];
}

/** A limit in force after an approval; the id of its request. */
async function applied(mib: number, durationSeconds: number | null): Promise<string> {
  const id = idOf(await given.bot.ask({ ...to(mib), durationSeconds }));
  await given.bot.review(id, 'U0LEAD');
  await given.bot.work();
  return id;
}

/** Some of everything. */
async function story() {
  const { bot, world } = given;
  const ended = await applied(90, HOUR);
  world.seconds += HOUR;
  await bot.work();
  const covered = await applied(60, 6 * HOUR);
  const top = await applied(40, 2 * HOUR);
  const other = given.aws.startExecution(
    given.aws.addTask({ name: 'weekly', account: '111122223333', region: 'us-east-1' }),
    {
      bytes: 1e12,
      status: 'TRANSFERRING',
      bytesPerSecond: 100 * MIB,
    },
  );
  const pending = idOf(await bot.ask(to(30)));
  return { ended, covered, top, pending, other };
}

describe('audit rebuild', () => {
  it('finds nothing to do where all is as the log says', async () => {
    await story();
    expect(await dryRun()).toMatchObject({ code: 0, out: expect.not.stringMatching(/missing|different|extra/) });
    expect(await rebuild()).toMatchObject(GOOD);
  });

  it('makes everything anew from the log alone, and a bot goes on', async () => {
    const { covered, top, pending } = await story();
    const before = lasting(await stored());
    await forgetAll();
    const found = await dryRun();
    expect(found).toMatchObject({ code: 1, out: expect.stringMatching(/requests +4 missing/) });
    expect(await otherKeys()).toEqual([]);
    expect(await rebuild()).toMatchObject(GOOD);
    expect(lasting(await stored())).toEqual(before);
    const { world, bot } = given;
    const next = await given.another();
    expect((await next.review(pending, 'U0LEAD')).kind).toBe('decided');
    await next.work();
    expect(given.limit()).toBe(30);
    await next.revertNow(pending, 'U0OPER');
    await next.work();
    expect(given.limit()).toBe(40);
    world.seconds += 2 * HOUR;
    await next.work();
    expect(given.limit()).toBe(60);
    expect((await bot.request(top)).hold?.end).toMatchObject({ how: 'reverted' });
    world.seconds += 4 * HOUR;
    await next.work();
    expect(given.limit()).toBe(100);
    expect((await bot.request(covered)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(given.sent()).toEqual([90, 100, 60, 40, 30, 40, 60, 100]);
  });

  it('has an approved request applied whose work is lost', async () => {
    const id = await approved(given.bot);
    await forgetAll();
    expect(await rebuild()).toMatchObject(GOOD);
    const next = await given.another();
    await next.work();
    expect((await next.request(id)).status).toBe('applied');
    expect(given.sent()).toEqual([50]);
  });

  it('puts right whatever was deleted or renamed', async () => {
    await story();
    const before = lasting(await stored());
    const { redis, keys } = given.bot;
    for (const key of oneOfEach(before.keys())) {
      await redis.rename(key, `${key}x`);
      expect(await rebuild(), key).toMatchObject(GOOD);
      await redis.del(`${key}x`);
      expect(lasting(await stored()), key).toEqual(before);
    }
    await redis.del(keys.timers);
    expect(await dryRun()).toMatchObject({ code: 1, out: expect.stringMatching(/timers +3 missing/) });
    expect(await rebuild()).toMatchObject(GOOD);
  });

  it('puts right what was edited', async () => {
    const { pending, top } = await story();
    const before = lasting(await stored());
    const { redis, keys } = given.bot;
    const edit = async (key: string, changes: Record<string, unknown>) => {
      const state = JSON.parse((await redis.hget(key, 'state')) ?? '') as object;
      await redis.hset(key, 'state', JSON.stringify({ ...state, ...changes }));
    };
    await edit(keys.request(pending), { status: 'approved', approvalsNeeded: 0 });
    await edit(keys.request(top), { to: 7 });
    await edit(keys.run(given.arn), { baseline: 1 });
    await redis.copy(keys.request(pending), keys.request('r-0000000000'));
    await edit(keys.request('r-0000000000'), { id: 'r-0000000000' });
    await redis.zadd(keys.open, '1', 'r-0000000000');
    await redis.set(keys.openExecution('arn:other'), 'r-0000000000');
    await redis.hset(keys.inForce, given.arn, `${pending}:r9`);
    await redis.hset(keys.changing, given.arn, pending);
    await redis.zadd(keys.timers, '9', JSON.stringify({ kind: 'revert', request: top }));
    const found = await dryRun();
    expect(found.code).toBe(1);
    expect(found.out.match(/(missing|different|extra)/g)?.length).toBeGreaterThan(9);
    expect(await rebuild()).toMatchObject(GOOD);
    expect(lasting(await stored())).toEqual(before);
  });

  it('puts right keys of another type', async () => {
    await story();
    const before = lasting(await stored());
    const { redis, keys } = given.bot;
    for (const key of [...oneOfEach(before.keys()), keys.timers, keys.awsOutbox]) {
      const list = key === keys.open ? 'hash' : 'list';
      await redis.del(key);
      if (list === 'list') await redis.lpush(key, 'x');
      else await redis.hset(key, 'x', 'x');
      expect(await rebuild(), key).toMatchObject(GOOD);
      expect(lasting(await stored()), key).toEqual(before);
    }
  });

  it('knows the limit from before the first change also where the log was archived', async () => {
    const { world, bot } = given;
    await applied(60, 2 * HOUR);
    world.seconds += 60;
    await applied(40, 6 * HOUR);
    world.seconds += 2 * HOUR;
    await bot.work();
    world.seconds += 60;
    const archived = await archive(bot.clock.now());
    expect(archived.said).toContain('stay');
    await forgetAll();
    expect(await rebuild()).toMatchObject(GOOD);
    const next = await given.another();
    world.seconds += 4 * HOUR;
    await next.work();
    expect(given.sent()).toEqual([60, 40, 100]);
  });

  it('refuses while a bot is running, and says so', async () => {
    const { redis, keys } = given.bot;
    await granted(given.bot);
    const [seconds] = await redis.time();
    await redis.hset(keys.replicas, 'one', JSON.stringify({ digest: 'd', at: Number(seconds) * 1000 }));
    await expect(rebuild()).rejects.toThrow(/A bot is running: stop all bots first/);
    expect((await dryRun()).code).toBe(0);
  });

  it('rebuilds nothing from a log that is not good', async () => {
    await story();
    const { redis, keys } = given.bot;
    const kept = `${keys.audit}:kept`;
    await redis.copy(keys.audit, kept);
    await redis.xdel(keys.audit, '2-0');
    const before = await stored();
    const found = await rebuild();
    expect(found).toMatchObject({ code: 1, said: expect.stringContaining('The log is not good') });
    expect(await stored()).toEqual(before);
    await redis.rename(kept, keys.audit);
  });
});
