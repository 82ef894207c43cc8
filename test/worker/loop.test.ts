import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLocalRedis } from '../../sandbox/redis.ts';
import { BLOCK_MS, type Connection, connect } from '../../src/ledger/connection.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { createLogger } from '../../src/log.ts';
import { type LoopOptions, type Run, startLoop } from '../../src/worker/loop.ts';
import { ClaimLost } from '../../src/workflow/faults.ts';
import type { Claim, EffectKind } from '../../src/workflow/ports.ts';
import { at } from '../domain/given.ts';
import { asked, following, type OpenedLedger, openLedger, openRedis } from '../ledger/given-ledger.ts';

const waitFor: typeof vi.waitFor = (look) => vi.waitFor(look, { timeout: 40_000 });
let opened: OpenedLedger;
let connections: Connection[];
let loops: { stop(graceMs: number): Promise<void> }[];
let now: Date;
let lines: string[];

beforeEach(async () => {
  opened = await openLedger();
  connections = [];
  loops = [];
  lines = [];
  now = at(0);
});
afterEach(async () => {
  for (const connection of connections) connection.disconnect();
  await Promise.all(loops.map((loop) => loop.stop(0)));
  opened.close();
});

async function outboxOf(consumer: string, abandonedMs = 30_000, url?: string) {
  const blocking = await openRedis('blocking', url);
  connections.push(blocking);
  const { redis, keys } = opened;
  return createOutbox({ redis, blocking, keys, clock: { now: () => now }, consumer, abandonedMs });
}

const forgotten: Run = async () => null;

async function start(
  name: string,
  run: Partial<Record<EffectKind, Run>>,
  more: Pick<LoopOptions, 'width' | 'onTurn' | 'abandonedEveryMs'> & { abandonedMs?: number; url?: string } = {},
) {
  const { abandonedMs, url, ...loopOptions } = more;
  const outcomes: string[] = [];
  const heard = new EventEmitter();
  const loop = startLoop({
    outbox: await outboxOf(name, abandonedMs, url),
    run: {
      ...{ show: forgotten, result: forgotten, apply: forgotten, expire: forgotten },
      ...{ remind: forgotten, revert: forgotten, tell: forgotten, watch: forgotten },
      ...run,
    },
    clock: { now: () => now },
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    onEffect: (kind, outcome) => {
      outcomes.push(`${kind} ${outcome}`);
      heard.emit('effect');
    },
    ...loopOptions,
  });
  loops.push(loop);
  const told = async (count: number) => {
    while (outcomes.length < count) await once(heard, 'effect');
    return outcomes;
  };
  return { loop, outcomes, told };
}

/** A handler that can be held, and tells when it was begun. */
function held() {
  const begun: { request: string; claim: Claim }[] = [];
  const events = new EventEmitter();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run: Run = async (request, claim) => {
    begun.push({ request, claim });
    events.emit('begun');
    await released;
    return null;
  };
  const until = async (count: number) => {
    while (begun.length < count) await once(events, 'begun');
    return begun;
  };
  return { run, release, until, begun };
}

const timers = () => opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES');
const isEmpty = () =>
  waitFor(async () => {
    expect(await opened.redis.xlen(opened.keys.outbox)).toBe(0);
    expect(await timers()).toEqual([]);
  });

describe('the loop', () => {
  it('runs what a commit leaves to be done, at once, and settles it', async () => {
    const ran: string[] = [];
    const { told } = await start('a', {
      show: async (request) => {
        ran.push(request);
        return null;
      },
    });
    const began = performance.now();
    await asked(opened.ledger, 1, { effects: ['show', 'apply'] });
    expect((await told(2)).toSorted()).toEqual(['apply done', 'show done']);
    expect(performance.now() - began).toBeLessThan(BLOCK_MS);
    expect(ran).toEqual(['r-0000000001']);
    await isEmpty();
  });

  it('releases timers when they are due, by the clock given', async () => {
    const { told, outcomes } = await start('a', {});
    await asked(opened.ledger, 1, { effects: ['show'], timers: [{ kind: 'expire', at: at(60) }] });
    await told(1);
    expect(outcomes).toEqual(['show done']);
    now = at(60);
    expect(await told(2)).toEqual(['show done', 'expire done']);
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
    now = at(7);
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
      now = at(5 * looks);
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
      show: async () => {
        failures += 1;
        if (failures <= 3) throw new Error('Slack is away');
        return null;
      },
    });
    await asked(opened.ledger, 1, { effects: ['show'] });
    for (const [place, seconds] of [0.5, 1, 2].entries()) {
      await told(place + 1);
      const due = new Date(now.getTime() + seconds * 1000);
      await waitFor(async () => expect((await timers())[1]).toBe(String(due.getTime())));
      now = due;
    }
    expect(await told(4)).toEqual(['show fault', 'show fault', 'show fault', 'show done']);
    await isEmpty();
  });

  it('does no more at once than it is wide', async () => {
    const handler = held();
    const { told } = await start('a', { show: handler.run }, { width: 2 });
    for (let number = 0; number < 5; number++) await asked(opened.ledger, number, { effects: ['show'] });
    await handler.until(2);
    const [pending] = (await opened.redis.xpending(opened.keys.outbox, 'workers')) as unknown[];
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
      await redis.call('XCLAIM', keys.outbox, 'workers', 'gone', 0, claim.entry, 'IDLE', 3_600_000, 'JUSTID');
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
    const [one, two] = await Promise.all([start('a', { show: run }), start('b', { show: run })]);
    await Promise.all(Array.from({ length: 40 }, (_, number) => asked(opened.ledger, number, { effects: ['show'] })));
    await waitFor(() => expect(one.outcomes.length + two.outcomes.length).toBe(40));
    expect(new Set(seen).size).toBe(40);
    await isEmpty();
  });
});

describe('stop', () => {
  it('waits for the work in hand', async () => {
    const handler = held();
    const { loop, outcomes } = await start('a', { show: handler.run });
    await asked(opened.ledger, 1, { effects: ['show'] });
    await handler.until(1);
    const stopped = loop.stop(5000);
    handler.release();
    await stopped;
    expect(outcomes).toEqual(['show done']);
    await isEmpty();
  });

  it('hands back what takes longer, and the old hand can’t write any more', async () => {
    const handler = held();
    const { loop } = await start('a', { apply: handler.run });
    const request = await asked(opened.ledger, 1, { effects: ['apply'] });
    const [work] = await handler.until(1);
    await loop.stop(30);
    expect(await opened.redis.xlen(opened.keys.outbox)).toBe(0);
    const late = { ...following(request, 'denied'), claim: work?.claim };
    await expect(opened.ledger.commit(late)).rejects.toThrow(ClaimLost);
    const next = await start('b', {});
    expect(await next.told(1)).toEqual(['apply done']);
    handler.release();
    await isEmpty();
  });

  it('hands back what comes to it afterwards', async () => {
    const { loop, outcomes } = await start('a', {});
    await asked(opened.ledger, 1, { effects: ['show'] });
    await waitFor(() => expect(outcomes).toHaveLength(1));
    await loop.stop(1000);
    await asked(opened.ledger, 2, { effects: ['show'] });
    await waitFor(async () => expect((await timers())[0]).toBe('{"kind":"show","request":"r-0000000002"}'));
    expect(outcomes).toHaveLength(1);
  });
});

describe('a Redis that goes away', () => {
  it('is waited for, and the work goes on when it is back', async () => {
    const redis = await startLocalRedis();
    opened.close();
    opened = await openLedger({ url: redis.url });
    const { told } = await start('a', {}, { url: redis.url });
    await asked(opened.ledger, 1, { effects: ['show'] });
    await told(1);
    await redis.kill();
    await redis.start();
    await connect(opened.redis, 10_000);
    await asked(opened.ledger, 2, { effects: ['show'] });
    await told(2);
    for (const connection of connections) connection.disconnect();
    await Promise.all(loops.map((loop) => loop.stop(0)));
    await redis.close();
  });
});
