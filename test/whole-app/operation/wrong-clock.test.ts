import { Redis } from 'ioredis';
import { afterAll, expect, inject, it, vi } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { startBotProcess } from '../bot-process.ts';
import { givenWorld, MiB, POLICY } from '../world.ts';

/** How far back the first bot lives, in ms: a limit that it has just set may be over for all others. */
let behind = 0;
const at = givenWorld({
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
async function limitedForFourMinutes() {
  const { ask, aws, bots, execution } = at();
  const arn = execution();
  const card = await ask(arn, '50MiB/s for 4m');
  await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB);
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(card)) ?? [];
  return { arn, id };
}

const startOff = (ms: number) =>
  startBotProcess({ ...at(), env: { ...at().env, NODE_OPTIONS: machineOff(ms) } }, /^(?:not )?ready$/);

it('of a bot five minutes ahead ends no limit early', async () => {
  const { aws, env } = at();
  const { arn, id } = await limitedForFourMinutes();
  const [timers, outbox] = ['timers', 'outbox'].map((name) => `{${env.REDIS_KEY_PREFIX}}:${name}`) as [string, string];
  const revert = JSON.stringify({ kind: 'revert', request: id });
  const due = Number(await redis.zscore(timers, revert));
  const bot = await startOff(300_000);
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

it('of a bot an hour back ends no limit late', async () => {
  behind = 600_000;
  await at().startBot();
  const { arn } = await limitedForFourMinutes();
  const bot = await startOff(-3_600_000);
  await at().aws.until(() => at().aws.execution(arn).bytesPerSecond === 100 * MiB);
  await bot.kill();
});
