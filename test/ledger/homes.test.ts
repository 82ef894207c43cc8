import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHomes } from '../../src/ledger/homes.ts';
import type { Homes, HomeTurn } from '../../src/workflow/home.ts';
import { openLedger } from './given-ledger.ts';

const PATIENCE = { timeout: 40_000 };
let seconds = 0;
const clock = { now: () => new Date(Date.UTC(2026, 10, 22) + seconds * 1000) };
let opened: Awaited<ReturnType<typeof openLedger>>;

beforeAll(async () => {
  opened = await openLedger({ clock });
});
afterAll(() => opened.close());

async function taken(homes: Homes, user: string): Promise<HomeTurn> {
  const turn = await homes.takeTurn(user);
  if (!turn) throw new Error('it is no turn');
  return turn;
}

describe('home tabs in Redis', () => {
  it('are due when opened, outdated, or not fresh any more; and each gets one turn in ten seconds, for one bot', async () => {
    const { redis, keys } = opened;
    const [one, other] = [createHomes(redis, keys, clock), createHomes(redis, keys, clock)];
    expect(await one.due()).toEqual([]);
    await one.opened('U1');
    expect(await other.due()).toEqual(['U1']);
    const turns = await Promise.all([one.takeTurn('U1'), other.takeTurn('U1')]);
    expect(turns.filter((turn) => turn !== null)).toHaveLength(1);
    expect(await one.due()).toEqual([]);

    await other.outdate(['U1', 'U2']);
    expect(await one.due()).toEqual(['U1']);
    expect(await one.takeTurn('U1')).toBeNull();
    for (const turn of turns) await turn?.over();
    expect(await one.takeTurn('U1')).toBeNull();
    const ttl = await redis.pttl(keys.homeTurn('U1'));
    expect(ttl).toBeGreaterThan(8_000);
    expect(ttl).toBeLessThanOrEqual(10_000);

    await redis.del(keys.homeTurn('U1'));
    await taken(one, 'U1');
    expect(await one.due()).toEqual([]);
    // Nothing was recorded, but what runs has moved on.
    await redis.del(keys.homeFresh('U1'));
    expect(await other.due()).toEqual(['U1']);
  });

  it('are one bot’s turn for as long as the facts take, and nobody’s for ten seconds after that', async () => {
    const { redis, keys } = opened;
    const homes = createHomes(redis, keys, clock);
    const turn = await taken(homes, 'U4');
    await redis.pexpire(keys.homeTurn('U4'), 8000);
    // It is renewed by itself.
    await vi.waitFor(async () => expect(await redis.pttl(keys.homeTurn('U4'))).toBeGreaterThan(8000), PATIENCE);
    expect(await turn.isHeld()).toBe(true);
    await redis.pexpire(keys.homeTurn('U4'), 3000);
    await turn.over();
    expect(await homes.takeTurn('U4')).toBeNull();
    expect(await redis.pttl(keys.homeTurn('U4'))).toBeGreaterThan(5000);
  });

  it('are not published by a bot that stood still until another had its turn', async () => {
    const { redis, keys } = opened;
    const homes = createHomes(redis, keys, clock);
    const late = await taken(homes, 'U5');
    await redis.del(keys.homeTurn('U5'));
    const next = await taken(homes, 'U5');
    expect(await late.isHeld()).toBe(false);
    await late.over();
    expect(await next.isHeld()).toBe(true);
    await next.over();
  });

  it('leave nothing in Redis for good, whoever looked at them', async () => {
    const { redis, keys } = opened;
    const homes = createHomes(redis, keys, clock);
    for (let number = 0; number < 50; number++) await homes.opened(`UGONE${number}`);
    await homes.outdate(['UNOBODY']);
    seconds += 601;
    await homes.opened('U6');
    expect(await redis.smembers(keys.homesOutdated)).toEqual(['U6']);
    expect(await redis.zrange(keys.homes, '0', '-1')).toEqual(['U6']);
    await (await taken(homes, 'U6')).over();
    for (const key of [keys.homes, keys.homesOutdated, keys.homeFresh('U6'), keys.homeTurn('U6')]) {
      expect(await redis.ttl(key), key).not.toBe(-1);
    }
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
