import { describe, expect, it } from 'vitest';
import { BLOCK_MS } from '../../src/store/connection/connection.ts';
import type { LoopOptions, Run } from '../../src/worker/loop.ts';
import { at } from '../domain/given.ts';
import { asked } from '../store/given-ledger.ts';
import { clock, givenLoops, held, isEmpty, lines, opened, outboxOf, start, timers, waitFor } from './given-loop.ts';

givenLoops();

describe('the loop', () => {
  it('runs what a commit leaves to be done, at once, and settles it', async () => {
    const ran: string[] = [];
    const { told } = await start('a', {
      revert: async (request) => {
        ran.push(request);
        return null;
      },
    });
    const began = performance.now();
    await asked(opened.ledger, 1, { effects: ['revert', 'apply'] });
    expect((await told(2)).toSorted()).toEqual(['apply done', 'revert done']);
    expect(performance.now() - began).toBeLessThan(BLOCK_MS);
    expect(ran).toEqual(['r-0000000001']);
    await isEmpty();
  });

  it('releases timers when they are due, by the clock given', async () => {
    const { told, outcomes } = await start('a', {});
    await asked(opened.ledger, 1, { effects: ['revert'], timers: [{ kind: 'expire', at: at(60) }] });
    await told(1);
    expect(outcomes).toEqual(['revert done']);
    clock.set(at(60));
    expect(await told(2)).toEqual(['revert done', 'expire done']);
    await isEmpty();
  });

  it('looks again when the handler asks for it', async () => {
    let looks = 0;
    const { told } = await start('a', {
      apply: async () => (++looks === 1 ? { againInSeconds: 7, why: 'not yet' } : null),
    });
    await asked(opened.ledger, 1, { effects: ['apply'] });
    expect(await told(1)).toEqual(['apply again']);
    const effect = '{"kind":"apply","request":"r-0000000001"}';
    await waitFor(async () => expect(await timers()).toEqual([effect, String(at(7).getTime())]));
    clock.set(at(7));
    expect(await told(2)).toEqual(['apply again', 'apply done']);
    await isEmpty();
  });

  it('says what it waits for, once until that is something else', async () => {
    const whys = ['throttled', 'throttled', 'no answer', 'throttled'];
    const { told } = await start('a', {
      apply: async () => {
        const why = whys.shift();
        return why ? { againInSeconds: 5, why } : null;
      },
    });
    await asked(opened.ledger, 1, { effects: ['apply'] });
    for (let looks = 1; looks <= 5; looks++) {
      await told(looks);
      if (looks < 5) await waitFor(async () => expect(await timers()).toHaveLength(2));
      clock.set(at(5 * looks));
    }
    await isEmpty();
    const work = { request: 'r-0000000001', effect: 'apply', againInSeconds: 5 };
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { ...work, why: 'throttled' },
      { ...work, why: 'no answer' },
      { ...work, why: 'throttled' },
    ]);
  });

  it('tries a fault again, and waits longer each time', async () => {
    let failures = 0;
    const { told } = await start('a', {
      revert: async () => {
        failures += 1;
        if (failures <= 3) throw new Error('Slack is away');
        return null;
      },
    });
    await asked(opened.ledger, 1, { effects: ['revert'] });
    for (const [place, seconds] of [0.5, 1, 2].entries()) {
      await told(place + 1);
      const due = new Date(clock.now().getTime() + seconds * 1000);
      await waitFor(async () => expect((await timers())[1]).toBe(String(due.getTime())));
      clock.set(due);
    }
    expect(await told(4)).toEqual(['revert fault', 'revert fault', 'revert fault', 'revert done']);
    await isEmpty();
  });

  it('does no more at once than it is wide', async () => {
    const handler = held();
    const { told } = await start('a', { revert: handler.run }, { width: 2 });
    for (let number = 0; number < 5; number++) await asked(opened.ledger, number, { effects: ['revert'] });
    await handler.until(2);
    const [pending] = (await opened.redis.xpending(opened.keys.awsOutbox, 'workers')) as unknown[];
    expect([pending, handler.begun.length]).toEqual([2, 2]);
    handler.release();
    await told(5);
    await isEmpty();
  });

  it('takes over what a worker that is gone had claimed', async () => {
    const gone = await outboxOf('gone');
    await gone.ready(new AbortController().signal);
    await asked(opened.ledger, 1, { effects: ['apply'] });
    expect(await gone.take(1)).toHaveLength(1);
    const { told } = await start('a', {}, { abandonedMs: 0 });
    expect(await told(1)).toEqual(['apply done']);
    await isEmpty();
  });

  it('takes over no more than it has new work, where all of it hangs', async () => {
    const gone = await outboxOf('gone');
    await gone.ready(new AbortController().signal);
    for (let number = 0; number < 3; number++) await asked(opened.ledger, number, { effects: ['apply'] });
    const works = await gone.take(3);
    const { redis, keys } = opened;
    for (const { claim } of works)
      await redis.call('XCLAIM', keys.awsOutbox, 'workers', 'gone', 0, claim.entry, 'IDLE', 3_600_000, 'JUSTID');
    const handler = held();
    let turns = 0;
    const onTurn: LoopOptions['onTurn'] = (step) => {
      if (step === 'abandoned') turns += 1;
    };
    await start('a', { apply: handler.run }, { width: 1, abandonedEveryMs: 50, onTurn });
    await waitFor(() => expect(turns).toBeGreaterThanOrEqual(5));
    expect(handler.begun).toHaveLength(2);
    handler.release();
    await isEmpty();
  });

  it('shares the work between two, each piece done once', async () => {
    const seen: string[] = [];
    const run: Run = async (request) => {
      seen.push(request);
      return null;
    };
    const [one, two] = await Promise.all([start('a', { revert: run }), start('b', { revert: run })]);
    await Promise.all(Array.from({ length: 40 }, (_, number) => asked(opened.ledger, number, { effects: ['revert'] })));
    await waitFor(() => expect(one.outcomes.length + two.outcomes.length).toBe(40));
    expect(new Set(seen).size).toBe(40);
    await isEmpty();
  });
});
