import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { connect } from '../../../src/store/connection/connection.ts';
import { NotRecorded, OutcomeUnknown } from '../../../src/workflow/faults.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { asked, asking, following, type OpenedLedger, openLedger, verifiedLog } from '../given-ledger.ts';
import { type LossyProxy, startLossyProxy } from '../lossy-proxy.ts';

async function unknownOutcome({ ledger }: OpenedLedger, change: Change): Promise<OutcomeUnknown> {
  const fault = await ledger.commit(change).then(
    ({ kind }) => kind,
    (cause: unknown) => cause,
  );
  if (fault instanceof OutcomeUnknown) return fault;
  throw fault;
}

describe('a Redis that stops', () => {
  let redis: LocalRedis;
  let opened: OpenedLedger;
  beforeAll(async () => {
    redis = await startLocalRedis();
    opened = await openLedger({ url: redis.url });
  });
  afterAll(async () => {
    opened.close();
    await redis.close();
  });

  it('takes nothing, says so at once, and is written to again when it is back', async () => {
    await asked(opened.ledger, 1);
    for (const end of [redis.stop, redis.kill]) {
      await end();
      const began = Date.now();
      await expect(opened.ledger.commit(asking(2))).rejects.toThrow(NotRecorded);
      await expect(opened.ledger.load('r-0000000001')).rejects.toThrow(NotRecorded);
      expect(Date.now() - began).toBeLessThan(3000);
      await redis.start();
      await connect(opened.redis, 10_000);
      expect(await opened.ledger.load('r-0000000002')).toBeNull();
    }
    // Its scripts are gone with it: they are sent anew.
    expect(await opened.ledger.commit(asking(2))).toMatchObject({ kind: 'committed' });
    expect(await verifiedLog(opened)).toHaveLength(2);
  });

  it('that hangs leaves it unknown, within what a person can wait; what landed is recorded', async () => {
    await asked(opened.ledger, 11);
    redis.pause();
    const began = Date.now();
    // Those behind it in the queue must not each wait as long: they share its fate, or are told that Redis is away.
    const others = Promise.allSettled([21, 22, 23, 24].map((number) => opened.ledger.commit(asking(number))));
    const faults = (await others).map((result) => (result.status === 'rejected' ? result.reason : result.value.kind));
    expect(Date.now() - began).toBeLessThan(3000);
    redis.resume();
    expect(faults[0]).toBeInstanceOf(OutcomeUnknown);
    const landed: number[] = [];
    for (const [place, fault] of faults.entries()) {
      if (!(fault instanceof OutcomeUnknown)) expect(fault).toBeInstanceOf(NotRecorded);
      else if ((await fault.settled) === 'recorded') landed.push(21 + place);
    }
    await asked(opened.ledger, 31);
    const numbers = (await verifiedLog(opened)).map(({ request }) => Number(request?.slice(2)));
    expect(numbers).toEqual([1, 2, 11, ...landed, 31]);
  });

  it('that refuses writes when it is back is asked until it takes them again', async () => {
    const proxy = await startLossyProxy(redis.url);
    const behind = await openLedger({ url: proxy.url });
    await asked(behind.ledger, 41);
    proxy.lose('requests');
    const fault = await unknownOutcome(behind, asking(42));
    await opened.redis.config('SET', 'min-replicas-to-write', '1');
    proxy.lose(null);
    expect(await Promise.race([fault.settled, sleep(1500, 'not yet')])).toBe('not yet');
    await opened.redis.config('SET', 'min-replicas-to-write', '0');
    expect(await fault.settled).toBe('not-recorded');
    behind.close();
    await proxy.close();
  });
});

describe('a way to Redis that loses', () => {
  let proxy: LossyProxy;
  let opened: OpenedLedger;
  beforeEach(async () => {
    proxy = await startLossyProxy(inject('redisUrl'));
    opened = await openLedger({ url: proxy.url });
    await asked(opened.ledger, 1);
  });
  afterEach(async () => {
    opened.close();
    await proxy.close();
  });

  it('the answer: what was written is told when Redis can be reached again', async () => {
    proxy.lose('answers');
    const fault = await unknownOutcome(opened, asking(2));
    proxy.lose(null);
    expect(await fault.settled).toBe('recorded');
    expect(await opened.ledger.commit(asking(2))).toMatchObject({ kind: 'repeated', request: 'r-0000000002' });
    // Its head was moved by its own unanswered write.
    expect(await opened.ledger.commit(asking(3))).toMatchObject({ kind: 'committed' });
    expect(await verifiedLog(opened)).toHaveLength(3);
  });

  it.each(['refused', 'decision.refused'] as const)('the answer to %s: it is told as refused', async (event) => {
    const [request] = asking(2).events;
    if (!request) throw new Error('nothing asked');
    const refusal: Change =
      event === 'refused'
        ? {
            op: 'ask',
            prior: null,
            events: [{ ...request, event, request: null, version: null, detail: { why: 'no-rule' } }],
          }
        : following(await asked(opened.ledger, 2), event);
    const before = (await verifiedLog(opened)).length;
    proxy.lose('answers');
    const fault = await unknownOutcome(opened, refusal);
    proxy.lose(null);
    expect(await fault.settled).toBe('refused');
    expect(await verifiedLog(opened)).toHaveLength(before + 1);
  });

  it('the write: it is told as not recorded, and can’t come late', async () => {
    proxy.lose('requests');
    const fault = await unknownOutcome(opened, asking(2));
    proxy.lose(null);
    expect(await fault.settled).toBe('not-recorded');
    expect(await proxy.deliverLate()).toContain('repeated');
    expect(await opened.ledger.load('r-0000000002')).toBeNull();
    expect(await verifiedLog(opened)).toHaveLength(1);
    // The same click again is told the same; another click may ask anew.
    await expect(opened.ledger.commit(asking(2))).rejects.toThrow(NotRecorded);
    await expect(opened.ledger.done(asking(2).op)).rejects.toThrow(NotRecorded);
    expect(await opened.ledger.commit(asking(2, { op: 'another click' }))).toMatchObject({ kind: 'committed' });
  });

  it('the write, which comes before anybody looks: it is told as recorded', async () => {
    proxy.lose('requests');
    const fault = await unknownOutcome(opened, asking(2));
    expect(await proxy.deliverLate()).toContain('committed');
    proxy.lose(null);
    expect(await fault.settled).toBe('recorded');
    expect(await verifiedLog(opened)).toHaveLength(2);
  });
});
