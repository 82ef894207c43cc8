import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHomes } from '../../src/ledger/homes.ts';
import { openLedger } from './given-ledger.ts';

let seconds = 0;
const clock = { now: () => new Date(Date.UTC(2026, 10, 22) + seconds * 1000) };
let opened: Awaited<ReturnType<typeof openLedger>>;

beforeAll(async () => {
  opened = await openLedger({ clock });
});
afterAll(() => opened.close());

describe('home tabs in Redis', () => {
  it('are due when opened, outdated, or not fresh any more; and each gets one turn in ten seconds, for one bot', async () => {
    const { redis, keys } = opened;
    const [one, other] = [createHomes(redis, keys, clock), createHomes(redis, keys, clock)];
    expect(await one.due()).toEqual([]);
    await one.opened('U1');
    expect(await other.due()).toEqual(['U1']);
    expect(await Promise.all([one.takeTurn('U1'), other.takeTurn('U1')])).toEqual([true, false]);
    expect(await one.due()).toEqual([]);

    await other.outdate(['U1', 'U2']);
    expect(await one.due()).toEqual(['U1']);
    expect(await one.takeTurn('U1')).toBe(false);
    const ttl = await redis.pttl(keys.homeTurn('U1'));
    expect(ttl).toBeGreaterThan(8_000);
    expect(ttl).toBeLessThanOrEqual(10_000);

    await redis.del(keys.homeTurn('U1'));
    expect(await one.takeTurn('U1')).toBe(true);
    expect(await one.due()).toEqual([]);
    // Nothing was recorded, but what runs has moved on.
    await redis.del(keys.homeFresh('U1'));
    expect(await other.due()).toEqual(['U1']);
  });

  it('get no other turn for ten seconds after one that took long', async () => {
    const { redis, keys } = opened;
    const homes = createHomes(redis, keys, clock);
    expect(await homes.takeTurn('U4')).toBe(true);
    await redis.del(keys.homeTurn('U4'));
    await homes.prolongTurn('U4');
    expect(await homes.takeTurn('U4')).toBe(false);
    expect(await redis.pttl(keys.homeTurn('U4'))).toBeGreaterThan(5_000);
  });

  it('are left alone ten minutes after they were opened', async () => {
    const homes = createHomes(opened.redis, opened.keys, clock);
    await homes.opened('U3');
    seconds += 599;
    expect(await homes.open()).toContain('U3');
    seconds += 2;
    expect(await homes.open()).toEqual([]);
    await homes.outdate(['U3']);
    expect(await homes.due()).toEqual([]);
  });
});
