import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it, vi } from 'vitest';
import type { World } from '../../../sandbox/local-world.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { startBotProcess } from '../bot-process.ts';
import { givenWorld, MiB, POLICY } from '../world.ts';

/** `behind`: how far back the first bot lives, in ms: a limit that it has just set may be over for all others. */
const givenBotBehind = (behind: number) =>
  givenWorld({
    policy: POLICY.replace('lower: 1', 'lower: 0'),
    serve: { clock: { now: () => new Date(Date.now() - behind) } },
  });
const redis = new Redis(inject('redisUrl'));
afterAll(() => redis.disconnect());
const patience = { timeout: 60_000 };

/** For a process: the clock of its machine is off by so much. */
function machineOff(ms: number): string {
  const code = `const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { if (given.length > 0) super(...given); else super(Real.now() + ${ms}); }
      static now() { return Real.now() + ${ms}; }
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

/** The first bot sets a limit for four minutes, and is stopped. @returns the execution and the request's id */
async function limitedForFourMinutes({ ask, aws, bots, execution }: ReturnType<ReturnType<typeof givenWorld>>) {
  const arn = execution();
  const card = await ask(arn, '50MiB/s for 4m');
  await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB);
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(card)) ?? [];
  return { arn, id };
}

const startOff = (world: World, ms: number) =>
  startBotProcess({ ...world, env: { ...world.env, NODE_OPTIONS: machineOff(ms) } }, /^(?:not )?ready$/);

describe('a bot whose clock is five minutes ahead', () => {
  const at = givenBotBehind(0);

  it('ends no limit early', async () => {
    const { aws, env } = at();
    const { arn, id } = await limitedForFourMinutes(at());
    const [timers, outbox] = ['timers', 'outbox'].map((name) => `{${env.REDIS_KEY_PREFIX}}:${name}`) as [
      string,
      string,
    ];
    const revert = JSON.stringify({ kind: 'revert', request: id });
    const due = Number(await redis.zscore(timers, revert));
    const bot = await startOff(at(), 300_000);
    // It looks at the limit now, and finds that there is time left.
    await redis.zrem(timers, revert);
    await redis.xadd(outbox, '*', 'e', revert);
    await vi.waitFor(async () => expect(await redis.xlen(outbox)).toBe(0), patience);
    expect(Math.abs(Number(await redis.zscore(timers, revert)) - due)).toBeLessThan(60_000);
    // What is due now is moved together with all else that is due by the same clock.
    await redis.zadd(timers, Date.now() - 1000, JSON.stringify({ kind: 'remind', request: id }));
    await vi.waitFor(async () => expect(await redis.zcount(timers, '-inf', Date.now() - 999)).toBe(0), patience);
    expect(await redis.zscore(timers, revert)).not.toBeNull();
    expect(aws.execution(arn).bytesPerSecond).toBe(50 * MiB);
    await bot.kill();
  });
});

describe('a bot whose clock is an hour back', () => {
  const at = givenBotBehind(600_000);

  it('ends no limit late', async () => {
    const { arn } = await limitedForFourMinutes(at());
    const bot = await startOff(at(), -3_600_000);
    await at().aws.until(() => at().aws.execution(arn).bytesPerSecond === 100 * MiB);
    await bot.kill();
  });
});
