import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLocalRedis } from '../../../sandbox/redis.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createLocks, type Lock } from '../../../src/store/connection/locks.ts';
import { type OpenedLedger, openLedger, openRedis } from '../given-ledger.ts';

let opened: OpenedLedger;
let redis: Connection;
let key: string;

beforeEach(async () => {
  opened = await openLedger();
  ({ redis } = opened);
  key = opened.keys.cardLock('r-1');
});
afterEach(() => opened.close());

async function taken(liveMs = 60_000): Promise<Lock> {
  const lock = await createLocks(redis).take(key, liveMs);
  if (!lock) throw new Error('it is taken already');
  return lock;
}

describe('a lock', () => {
  it('is one holder’s at a time, and free once it is released', async () => {
    const lock = await taken();
    expect(await createLocks(redis).take(key, 60_000)).toBeNull();
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    await (await taken()).release();
    expect(await redis.exists(key)).toBe(0);
  });

  it('outlives its time for as long as the work takes', async () => {
    const lock = await taken(6000);
    let before = await redis.pttl(key);
    let renewals = 0;
    await vi.waitFor(
      async () => {
        const left = await redis.pttl(key);
        if (left > before) renewals += 1;
        before = left;
        expect(renewals).toBeGreaterThan(0);
      },
      { timeout: 40_000 },
    );
    await lock.release();
  });

  it('is no longer renewed once it is released', async () => {
    const lock = await taken(300);
    await lock.release();
    await redis.set(key, 'another', 'PX', 400);
    await vi.waitFor(async () => expect(await redis.exists(key)).toBe(0), { timeout: 40_000 });
  });

  it('that has gone to another is known to be lost, and is left to the other', async () => {
    const lock = await taken();
    await redis.set(key, 'another', 'PX', 50_000);
    expect(await lock.isHeld()).toBe(false);
    await redis.del(key);
    // Once lost it is not taken up again, though nobody has it now.
    expect(await lock.isHeld()).toBe(false);
    await redis.set(key, 'another', 'PX', 50_000);
    await lock.release();
    expect(await redis.get(key)).toBe('another');
    expect(await redis.pttl(key)).toBeLessThanOrEqual(50_000);
  });

  it('that ran out while its holder stood still is lost', async () => {
    const lock = await taken();
    await redis.del(key);
    expect(await lock.isHeld()).toBe(false);
    expect(await redis.exists(key)).toBe(0);
  });

  it('lives its whole time anew when it is asked for', async () => {
    const lock = await taken();
    await redis.pexpire(key, 5000);
    expect(await lock.isHeld()).toBe(true);
    expect(await redis.pttl(key)).toBeGreaterThan(50_000);
    await lock.release();
  });

  it('is said to be neither held nor lost while Redis does not answer', async () => {
    const own = await startLocalRedis();
    const connection = await openRedis('commands', own.url);
    const lock = await createLocks(connection).take(key, 60_000);
    await own.kill();
    await expect(lock?.isHeld()).rejects.toMatchObject({ name: 'NotRecorded' });
    connection.disconnect();
    await own.close();
  });
});
