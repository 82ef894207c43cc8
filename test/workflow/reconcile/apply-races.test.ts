import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/logging/logger.ts';
import { type Ran, startLoop } from '../../../src/worker/loop.ts';
import { startPump } from '../../../src/worker/pump.ts';
import { expireRequest } from '../../../src/workflow/commands/expire-request.ts';
import { ClaimLost } from '../../../src/workflow/faults.ts';
import { applyThrottle } from '../../../src/workflow/reconcile/apply-throttle.ts';
import type { WorkOutcome } from '../../../src/workflow/work-outcome.ts';
import { rule } from '../../domain/given.ts';
import { verifiedLog } from '../../store/given-ledger.ts';
import { approved, givenBot, updates } from '../given-bot.ts';

const given = givenBot();

describe('a worker that is killed between the intent and the change', () => {
  it('is replaced by another, which sends only after 60 s', async () => {
    const id = await approved(given.bot);
    given.bot.deps.executions = { ...given.bot.deps.executions, update: () => Promise.reject(new Error('killed')) };
    await expect(given.bot.work()).rejects.toThrow('killed');
    expect((await given.bot.request(id)).status).toBe('applying');

    const next = await given.another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    expect(updates(given.aws)).toEqual([]);
    given.world.seconds += 59;
    await next.work();
    expect(updates(given.aws)).toEqual([]);
    given.world.seconds += 2;
    await next.work();
    expect((await next.request(id)).status).toBe('applied');
    expect(updates(given.aws)).toHaveLength(1);
    expect((await next.events()).slice(2)).toEqual(['apply.started', 'apply.started', 'applied']);
  });

  it('can’t write any more when it wakes up late', async () => {
    const id = await approved(given.bot);
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
    const late = given.bot.work();
    late.catch(() => undefined);
    await sleeping;
    const next = await given.another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    wake();
    await expect(late).rejects.toThrow(ClaimLost);
    given.world.seconds += 3;
    await next.work();
    expect((await next.request(id)).status).toBe('applied');
    expect(await next.events()).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });
});

describe('two bots on one Redis', () => {
  const ran = (applied: WorkOutcome): Ran =>
    applied.kind === 'done' ? null : { againInSeconds: applied.seconds, why: applied.why };

  it('and twenty approvals at once by two leads: one change, applied once', async () => {
    given.world.rule = rule({ role: null, approvals: { lower: 2, raise: 2, unlimited: null } });
    const asked = await given.bot.ask();
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    const { id } = asked.request;
    const pair = [given.bot, await given.another()];
    const results: string[] = [];
    const log = createLogger({ level: 'silent' });
    const both = pair.flatMap((one) => [
      { one, outbox: one.outbox },
      { one, outbox: one.slackOutbox },
    ]);
    const pumps = pair.map(({ outbox }) => startPump({ timers: outbox, log }));
    const loops = both.map(({ one, outbox }) =>
      startLoop({
        outbox,
        run: {
          apply: async (request, claim) => ran(await applyThrottle(one.deps, request, claim)),
          expire: async (request, claim) => ran(await expireRequest(one.deps, request, claim)),
          show: async () => null,
          remind: async () => null,
          revert: async () => null,
          tell: async () => null,
          watch: async () => null,
          link: async () => null,
          member: async () => null,
          result: async (request) => {
            results.push(request);
            return null;
          },
        },
        log,
        judgeFault: () => 'failed',
      }),
    );
    const decided = await Promise.all(
      Array.from({ length: 20 }, (_, number) => {
        const one = pair[number % 2] ?? given.bot;
        return one.review(id, number % 4 < 2 ? 'U0LEAD' : 'U0SECOND');
      }),
    );
    expect(decided.filter(({ kind }) => kind === 'decided')).toHaveLength(2);
    expect(decided.filter(({ kind }) => kind === 'refused')).toHaveLength(18);
    await vi.waitFor(async () => expect((await given.bot.request(id)).status).toBe('applied'), 15_000);
    await vi.waitFor(() => expect(results).toEqual([id]), 15_000);
    const records = await verifiedLog(given.bot);
    const count = (event: string) => records.filter((record) => record.event === event).length;
    expect([count('approved'), count('apply.started'), count('applied')]).toEqual([2, 1, 1]);
    // Each person's refusals for one reason are one record a minute.
    expect(count('decision.refused')).toBeGreaterThanOrEqual(2);
    expect(count('decision.refused')).toBeLessThanOrEqual(8);
    expect(updates(given.aws)).toHaveLength(1);
    await Promise.all([...pumps, ...loops].map((loop) => loop.stop(0)));
  });
});
