import { describe, expect, it } from 'vitest';
import type { Settled } from '../../../src/workflow/ports/outbox.ts';
import { at } from '../../domain/given.ts';
import { add, clock, deadLetters, givenStreams, only, opened, releaseDue, timers, worker } from './given-streams.ts';

givenStreams();

const APPLY = '{"kind":"apply","request":"r-1"}';
const FAILED: Settled = { kind: 'failed', why: 'TypeError: x is not a function' };

/** Settles the one piece of work so many times, each time when it is due, by another worker. @returns the waits */
async function settleInTurn(settled: Settled, times: number, first = 0): Promise<(number | string)[]> {
  const waits: (number | string)[] = [];
  for (let nth = 0; nth < times; nth++) {
    await releaseDue();
    // As after a restart: this worker knows nothing of the tries before.
    const outbox = await worker('aws', { consumer: `worker ${first + nth}` });
    const settlement = await outbox.settle(await only(outbox.take(8)), settled);
    waits.push(settlement.kind === 'waits' ? settlement.seconds : settlement.kind);
    if (settlement.kind === 'waits') clock.set(new Date(clock.now().getTime() + settlement.seconds * 1000));
  }
  return waits;
}

describe('work that fails by itself', () => {
  it('is tried twelve times over all workers, each wait longer, and is a dead letter then', async () => {
    await add('aws', APPLY);
    expect(await settleInTurn(FAILED, 12)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 'dead']);
    expect(await timers()).toEqual([]);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
    expect(await deadLetters().list()).toMatchObject([{ text: APPLY, why: FAILED.why }]);
    expect(await opened.redis.exists(opened.keys.tries('apply', 'r-1'))).toBe(0);
  });

  it('begins anew once it ended without a fault', async () => {
    await add('aws', APPLY);
    await settleInTurn(FAILED, 11);
    expect(await settleInTurn({ kind: 'again', seconds: 5 }, 1, 11)).toEqual([5]);
    expect(await settleInTurn(FAILED, 2, 12)).toEqual([0.5, 1]);
  });

  it('is counted in Redis for a day', async () => {
    await add('aws', APPLY);
    await settleInTurn(FAILED, 1);
    const ms = await opened.redis.pttl(opened.keys.tries('apply', 'r-1'));
    expect(ms).toBeGreaterThan(86_000_000);
    expect(ms).toBeLessThanOrEqual(86_400_000);
  });
});

describe('work that waits for an outage', () => {
  it('is tried again however long that takes, and what failed before and after is one row', async () => {
    await add('aws', APPLY);
    await settleInTurn(FAILED, 6);
    expect(await settleInTurn({ kind: 'outage' }, 20, 6)).toEqual([0.5, 1, 2, 4, 8, 16, ...Array(14).fill(30)]);
    expect((await settleInTurn(FAILED, 6, 26)).at(-1)).toBe('dead');
  });
});

describe('work that is left to a newer bot', () => {
  it('is offered to it soon, then each minute, and is a dead letter after a day', async () => {
    await add('aws', APPLY);
    const left: Settled = { kind: 'left', why: 'RequestUnreadable: 2' };
    expect(await settleInTurn(left, 9)).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
    clock.set(at(86_399));
    expect(await settleInTurn(left, 2, 9)).toEqual([60, 'dead']);
    expect(await deadLetters().list()).toMatchObject([{ text: APPLY, why: left.why }]);
  });
});

describe('dead letters', () => {
  const ids = async () => (await deadLetters().list()).map(({ id }) => id);

  it('are the newest thousand', async () => {
    const { redis, keys } = opened;
    const many = redis.pipeline();
    for (let number = 0; number < 1000; number++) many.xadd(keys.deadLetters, '*', 'e', `{"n":${number}}`, 'why', 'x');
    await many.exec();
    await redis.zadd(keys.timers, at(-1).getTime(), 'null');
    await releaseDue();
    const texts = (await deadLetters().list()).map(({ text }) => text);
    expect([texts.length, texts[0], texts.at(-1)]).toEqual([1000, '{"n":1}', 'null']);
  });

  it('are tried again when a person says so, each in its stream; the rest stays', async () => {
    const { redis, keys } = opened;
    for (const text of [APPLY, '{"kind":"show","request":"r-2"}', 'null']) {
      await redis.xadd(keys.deadLetters, '*', 'e', text, 'why', 'x');
    }
    const [apply = '', show = '', poison = ''] = await ids();
    expect(await deadLetters().retry([apply, show, poison, '1-1'])).toEqual(['sent', 'sent', 'unknown', 'missing']);
    expect((await only((await worker('aws')).take(8))).effect).toEqual({ kind: 'apply', request: 'r-1' });
    expect((await only((await worker('slack')).take(8))).effect).toEqual({ kind: 'show', request: 'r-2' });
    expect(await ids()).toEqual([poison]);
    expect(await deadLetters().retry([apply])).toEqual(['missing']);
  });

  it('that are tried again have all their tries', async () => {
    await add('aws', APPLY);
    await settleInTurn(FAILED, 12);
    await deadLetters().retry(await ids());
    expect(await settleInTurn(FAILED, 1, 12)).toEqual([0.5]);
  });
});

describe('without a clock that is given', () => {
  const redisMs = async () => {
    const [seconds, micros] = await opened.redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  };

  it('work is due by Redis’s own', async () => {
    const outbox = await worker('aws', { byRedis: true });
    await add('aws', APPLY);
    const before = await redisMs();
    await outbox.settle(await only(outbox.take(8)), { kind: 'again', seconds: 60 });
    const after = await redisMs();
    const [[, due] = ['', 0]] = await timers();
    expect(due).toBeGreaterThanOrEqual(before + 60_000);
    expect(due).toBeLessThanOrEqual(after + 60_000);
  });

  it('timers are due by Redis’s own', async () => {
    const now = await redisMs();
    const TELL = '{"kind":"tell","request":"r-1"}';
    await opened.redis.zadd(opened.keys.timers, now, APPLY, now + 3_600_000, TELL);
    expect(await releaseDue(true)).toBe(1);
    expect(await timers()).toEqual([[TELL, now + 3_600_000]]);
  });
});
