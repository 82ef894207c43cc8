import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { createLogger } from '../../src/log.ts';
import { type Ran, startLoop } from '../../src/worker/loop.ts';
import { applyThrottle } from '../../src/workflow/apply-throttle.ts';
import { expireRequest } from '../../src/workflow/expire-request.ts';
import { ClaimLost } from '../../src/workflow/faults.ts';
import type { WorkOutcome } from '../../src/workflow/work-outcome.ts';
import { rule } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import { agreed, type Bot, type Outside, outside, startAwsWithOne, startBot, updates } from './given-bot.ts';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;
let bots: Bot[];

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside();
  bot = await startBot(arn, world);
  bots = [bot];
});
afterEach(async () => {
  for (const one of bots) one.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

async function another(): Promise<Bot> {
  const one = await startBot(arn, world, bot.keys.head.slice(1, bot.keys.head.indexOf('}')));
  bots.push(one);
  return one;
}

describe('a worker that is killed between the intent and the change', () => {
  it('is followed by another, which sends only after 60 s', async () => {
    const id = await agreed(bot);
    bot.deps.executions = { ...bot.deps.executions, update: () => Promise.reject(new Error('killed')) };
    await expect(bot.work()).rejects.toThrow('killed');
    expect((await bot.request(id)).status).toBe('applying');

    const next = await another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    expect(updates(aws)).toEqual([]);
    world.seconds += 59;
    await next.work();
    expect(updates(aws)).toEqual([]);
    world.seconds += 2;
    await next.work();
    expect((await next.request(id)).status).toBe('applied');
    expect(updates(aws)).toHaveLength(1);
    expect((await next.events()).slice(2)).toEqual(['apply.started', 'apply.started', 'applied']);
  });

  it('and that wakes up late can’t write any more', async () => {
    const id = await agreed(bot);
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const real = bot.deps.executions;
    let fellAsleep = () => {};
    const sleeping = new Promise<void>((resolve) => {
      fellAsleep = resolve;
    });
    bot.deps.executions = {
      ...real,
      update: async (...call) => {
        fellAsleep();
        await asleep;
        return real.update(...call);
      },
    };
    const late = bot.work();
    late.catch(() => undefined);
    await sleeping;
    const next = await another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    wake();
    await expect(late).rejects.toThrow(ClaimLost);
    world.seconds += 3;
    await next.work();
    expect((await next.request(id)).status).toBe('applied');
    expect(await next.events()).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });
});

describe('two bots on one Redis', () => {
  const ran = (applied: WorkOutcome): Ran =>
    applied.kind === 'done' ? null : { againInSeconds: applied.seconds, why: applied.why };

  it('and twenty approvals at once by two leads: one change, applied once', async () => {
    world.rule = rule({ role: null, approvals: { lower: 2, raise: 2, unlimited: null } });
    const asked = await bot.ask();
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    const { id } = asked.request;
    const pair = [bot, await another()];
    const results: string[] = [];
    const loops = pair.map((one) =>
      startLoop({
        outbox: one.outbox,
        run: {
          apply: async (request, claim) => ran(await applyThrottle(one.deps, request, claim)),
          expire: async (request, claim) => ran(await expireRequest(one.deps, request, claim)),
          show: async () => null,
          remind: async () => null,
          revert: async () => null,
          tell: async () => null,
          watch: async () => null,
          result: async (request) => {
            results.push(request);
            return null;
          },
        },
        clock: one.clock,
        log: createLogger({ level: 'silent' }),
      }),
    );
    const decided = await Promise.all(
      Array.from({ length: 20 }, (_, number) => {
        const one = pair[number % 2] ?? bot;
        return one.review(id, number % 4 < 2 ? 'U0LEAD' : 'U0SECOND');
      }),
    );
    expect(decided.filter(({ kind }) => kind === 'decided')).toHaveLength(2);
    expect(decided.filter(({ kind }) => kind === 'refused')).toHaveLength(18);
    await vi.waitFor(async () => expect((await bot.request(id)).status).toBe('applied'), 15_000);
    await vi.waitFor(() => expect(results).toEqual([id]), 15_000);
    const records = await verifiedLog(bot);
    const count = (event: string) => records.filter((record) => record.event === event).length;
    expect([count('approved'), count('apply.started'), count('applied')]).toEqual([2, 1, 1]);
    // Each person's refusals for one reason are one record a minute.
    expect(count('decision.refused')).toBeGreaterThanOrEqual(2);
    expect(count('decision.refused')).toBeLessThanOrEqual(8);
    expect(updates(aws)).toHaveLength(1);
    for (const one of pair) one.close();
    await Promise.all(loops.map((loop) => loop.stop(0)));
  });
});
