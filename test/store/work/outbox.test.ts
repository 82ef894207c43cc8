import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BLOCK_MS, type Connection } from '../../../src/store/connection/connection.ts';
import { createOutbox } from '../../../src/store/work/outbox.ts';
import { createTimers } from '../../../src/store/work/timers.ts';
import { ClaimLost } from '../../../src/workflow/faults.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import type { Outbox, Work } from '../../../src/workflow/ports/outbox.ts';
import { at } from '../../domain/given.ts';
import { asked, following, type OpenedLedger, openLedger, openRedis } from '../given-ledger.ts';

const DONE = { kind: 'done' } as const;

let opened: OpenedLedger;
let connections: Connection[];
let now: Date;
const clock = { now: () => now };

beforeEach(async () => {
  opened = await openLedger();
  connections = [];
  now = at(0);
});
afterEach(() => {
  for (const connection of [...connections, opened.redis]) connection.disconnect();
});

async function worker(consumer: string, abandonedMs?: number): Promise<Outbox> {
  const blocking = await openRedis('blocking');
  connections.push(blocking);
  const { redis, keys } = opened;
  const outbox = createOutbox({ stream: 'aws', redis, blocking, keys, clock, consumer, abandonedMs });
  await outbox.ready(new AbortController().signal);
  return outbox;
}

const timers = () => createTimers({ redis: opened.redis, keys: opened.keys, clock });

async function only(taken: Promise<Work[]>): Promise<Work> {
  const [work, ...more] = await taken;
  if (!work || more.length > 0) throw new Error(`${more.length} more, or none`);
  return work;
}

const pendingCount = async () =>
  Number(((await opened.redis.xpending(opened.keys.awsOutbox, 'workers')) as unknown[])[0]);

describe('work', () => {
  it('reaches a worker that waits, at once', async () => {
    const outbox = await worker('a');
    const taken = outbox.take(8);
    const began = performance.now();
    await asked(opened.ledger, 1, { effects: ['revert', 'apply'] });
    const [work] = await taken;
    expect(performance.now() - began).toBeLessThan(BLOCK_MS);
    expect(work).toEqual({
      effect: { kind: 'revert', request: 'r-0000000001' },
      claim: { stream: 'aws', entry: expect.stringMatching(/^\d+-\d+$/), consumer: 'a', deliveries: 1 },
    });
  });

  it('that was there before any worker is not lost', async () => {
    await asked(opened.ledger, 1, { effects: ['revert'] });
    expect(await only((await worker('a')).take(8))).toMatchObject({ effect: { kind: 'revert' } });
  });

  it('is claimed by one worker alone', async () => {
    const workers = await Promise.all(['a', 'b', 'c'].map((name) => worker(name)));
    await Promise.all(Array.from({ length: 30 }, (_, number) => asked(opened.ledger, number, { effects: ['revert'] })));
    const seen: string[] = [];
    await Promise.all(
      workers.map(async (outbox) => {
        for (const work of await outbox.take(10)) {
          seen.push(work.claim.entry);
          expect(await outbox.settle(work, DONE)).toEqual(DONE);
        }
      }),
    );
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
    expect(await pendingCount()).toBe(0);
  });
});

describe('a claim', () => {
  it('of a worker that is gone is taken over; the old one can’t commit, settle or renew under it', async () => {
    const [old, young] = await Promise.all([worker('old'), worker('young', 0)]);
    const request = await asked(opened.ledger, 1, { effects: ['revert'] });
    const lost = await only(old.take(8));
    const mine = await only(young.takeAbandoned(8));
    expect(mine.claim).toEqual({ stream: 'aws', entry: lost.claim.entry, consumer: 'young', deliveries: 2 });

    await expect(opened.ledger.commit({ ...following(request, 'denied'), claim: lost.claim })).rejects.toThrow(
      ClaimLost,
    );
    expect((await opened.ledger.load(request.id))?.request.status).toBe('pending');
    expect(await old.settle(lost, { kind: 'again', seconds: 1 })).toEqual({ kind: 'lost' });
    await old.renew(lost.claim);
    expect(await opened.ledger.commit({ ...following(request, 'denied'), claim: mine.claim })).toMatchObject({
      kind: 'committed',
    });
    expect(await young.settle(mine, DONE)).toEqual(DONE);
    expect(await opened.redis.zcard(opened.keys.timers)).toBe(0);
  });

  it('taken over by the same worker’s next life is another claim', async () => {
    const outbox = await worker('a', 0);
    const request = await asked(opened.ledger, 1, { effects: ['revert'] });
    const before = await only(outbox.take(8));
    const again = await only(outbox.takeAbandoned(8));
    expect(again.claim.deliveries).toBe(2);
    await expect(opened.ledger.commit({ ...following(request, 'denied'), claim: before.claim })).rejects.toThrow(
      ClaimLost,
    );
  });

  it('that the same worker took anew is in hand when the old one is settled, and is not taken once more', async () => {
    const outbox = await worker('a', 0);
    await asked(opened.ledger, 1, { effects: ['revert'] });
    const before = await only(outbox.take(8));
    const again = await only(outbox.takeAbandoned(8));
    expect(await outbox.settle(before, DONE)).toEqual({ kind: 'lost' });
    // A read breaks off, so the next one looks for what was given to it and never came.
    const [blocking] = connections;
    const ended = new Promise((end) => blocking?.once('end', end));
    blocking?.disconnect();
    await expect(outbox.take(8)).rejects.toThrow();
    await ended;
    await blocking?.connect();
    expect(await outbox.take(8)).toEqual([]);
    expect(await outbox.settle(again, DONE)).toEqual(DONE);
  });

  it('that is renewed is not abandoned', async () => {
    const [living, other] = await Promise.all([worker('living'), worker('other', 60_000)]);
    await asked(opened.ledger, 1, { effects: ['revert'] });
    const work = await only(living.take(8));
    const idle = async () => {
      const [pending] = (await opened.redis.xpending(opened.keys.awsOutbox, 'workers', '-', '+', 1)) as [
        string,
        string,
        number,
        number,
      ][];
      return pending;
    };
    await opened.redis.call('XCLAIM', [
      opened.keys.awsOutbox,
      'workers',
      'living',
      '0',
      work.claim.entry,
      'IDLE',
      '70000',
      'JUSTID',
    ]);
    expect((await idle())?.[2]).toBeGreaterThanOrEqual(70_000);
    await living.renew(work.claim);
    expect((await idle())?.[2]).toBeLessThan(60_000);
    expect((await idle())?.[3]).toBe(1);
    expect(await other.takeAbandoned(8)).toEqual([]);
    expect(await living.settle(work, DONE)).toEqual(DONE);
  });

  it('that was handed back is lost', async () => {
    const outbox = await worker('a');
    const request = await asked(opened.ledger, 1, { effects: ['revert'] });
    const work = await only(outbox.take(8));
    expect(await outbox.settle(work, { kind: 'returned', seconds: 0 })).toEqual({ kind: 'waits', seconds: 0 });
    await expect(opened.ledger.commit({ ...following(request, 'denied'), claim: work.claim })).rejects.toThrow(
      ClaimLost,
    );
    expect(await outbox.settle(work, { kind: 'returned', seconds: 0 })).toEqual({ kind: 'lost' });
    expect(await timers().releaseDue()).toBe(1);
    expect(await only(outbox.take(8))).toMatchObject({ effect: work.effect, claim: { deliveries: 1 } });
  });
});

describe('timers', () => {
  it('become work when they are due, by the clock given', async () => {
    const outbox = await worker('a');
    await asked(opened.ledger, 1, { timers: [{ kind: 'expire', at: at(60) }] });
    await asked(opened.ledger, 2, { timers: [{ kind: 'expire', at: at(120) }] });
    now = at(59);
    expect(await timers().releaseDue()).toBe(0);
    now = at(60);
    expect(await timers().releaseDue()).toBe(1);
    expect(await timers().releaseDue()).toBe(0);
    expect(await only(outbox.take(8))).toMatchObject({ effect: { kind: 'expire', request: 'r-0000000001' } });
    expect(await opened.redis.zcard(opened.keys.timers)).toBe(1);
  });

  it('are released once, by however many workers', async () => {
    const workers = await Promise.all(['a', 'b', 'c'].map((name) => worker(name)));
    for (let number = 0; number < 10; number++) {
      await asked(opened.ledger, number, { timers: [{ kind: 'expire', at: at(1) }] });
    }
    now = at(2);
    const released = await Promise.all(workers.map(() => timers().releaseDue()));
    expect(released.reduce((sum, count) => sum + count)).toBe(10);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(10);
  });

  it('hold what is to be tried again', async () => {
    const outbox = await worker('a');
    await asked(opened.ledger, 1, { effects: ['apply'] });
    const work = await only(outbox.take(8));
    expect(await outbox.settle(work, { kind: 'again', seconds: 5 })).toEqual({ kind: 'waits', seconds: 5 });
    expect(await opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES')).toEqual([
      '{"kind":"apply","request":"r-0000000001"}',
      String(at(5).getTime()),
    ]);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
  });

  it('that a commit set meanwhile are not moved later by work that is settled late, and may be moved earlier', async () => {
    const outbox = await worker('a');
    const request = await asked(opened.ledger, 1, { effects: ['revert'] });
    const work = await only(outbox.take(8));
    const timers: Change['timers'] = [{ kind: 'revert', at: at(5) }];
    await opened.ledger.commit({ ...following(request, 'cancelled'), timers });
    const due = () => opened.redis.zscore(opened.keys.timers, '{"kind":"revert","request":"r-0000000001"}');
    expect(await outbox.settle(work, { kind: 'again', seconds: 3600 })).toEqual({ kind: 'waits', seconds: 3600 });
    expect(await due()).toBe(String(at(5).getTime()));
    await asked(opened.ledger, 2, { others: [work.effect] });
    const sooner = await only(outbox.take(8));
    expect(await outbox.settle(sooner, { kind: 'again', seconds: 2 })).toEqual({ kind: 'waits', seconds: 2 });
    expect(await due()).toBe(String(at(2).getTime()));
  });

  it('are not touched by a worker whose claim has gone to another', async () => {
    const [old, young] = await Promise.all([worker('old'), worker('young', 0)]);
    await asked(opened.ledger, 1, { effects: ['revert'] });
    const lost = await only(old.take(8));
    const mine = await only(young.takeAbandoned(8));
    expect(await young.settle(mine, { kind: 'again', seconds: 60 })).toEqual({ kind: 'waits', seconds: 60 });
    expect(await old.settle(lost, { kind: 'again', seconds: 1 })).toEqual({ kind: 'lost' });
    expect(await opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES')).toEqual([
      '{"kind":"revert","request":"r-0000000001"}',
      String(at(60).getTime()),
    ]);
  });
});
