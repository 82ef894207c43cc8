import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createOpenRequestQuota } from '../../../src/store/counters/open-request-quota.ts';
import type { OpenRequestQuota } from '../../../src/workflow/use-limits/open-request-quota.ts';
import { asked, following, type OpenedLedger, openLedger } from '../given-ledger.ts';

const opened: OpenedLedger[] = [];
let bot: OpenedLedger;
let one: OpenRequestQuota;
let other: OpenRequestQuota;
const OLGA = { team: 'T0', user: 'U0OPER' };

beforeEach(async () => {
  bot = await openLedger();
  const prefix = /^\{(.*)\}/.exec(bot.keys.head)?.[1] ?? '';
  const second = await openLedger({ prefix });
  opened.push(bot, second);
  one = createOpenRequestQuota(bot.redis, bot.keys, bot.ledger);
  other = createOpenRequestQuota(second.redis, second.keys, second.ledger);
});
afterAll(() => {
  for (const { close } of opened) close();
});

describe('the quota of open requests of one person, over all bots', () => {
  it('is used up at the limit, and free again when a request has ended', async () => {
    const first = await asked(bot.ledger, 1);
    expect(await one.take(OLGA, first.id, 2)).toBe(true);
    expect(await other.take(OLGA, (await asked(bot.ledger, 2)).id, 2)).toBe(true);
    expect(await one.take(OLGA, 'r-3', 2)).toBe(false);
    expect(await one.usage(OLGA)).toEqual({ open: [first.id, 'r-0000000002'], making: 0 });
    expect(await one.take({ ...OLGA, user: 'U0LEAD' }, 'r-3', 2)).toBe(true);
    await bot.ledger.commit(following(first, 'cancelled'));
    expect(await other.usage(OLGA)).toEqual({ open: ['r-0000000002'], making: 0 });
    expect(await one.take(OLGA, 'r-3', 2)).toBe(true);
  });

  it('counts a request that can’t be read', async () => {
    const request = await asked(bot.ledger, 1);
    expect(await one.take(OLGA, request.id, 1)).toBe(true);
    await bot.redis.hset(bot.keys.request(request.id), 'state', JSON.stringify({ ...request, status: 'paused' }));
    expect(await other.usage(OLGA)).toEqual({ open: [request.id], making: 0 });
    expect(await other.take(OLGA, 'r-3', 1)).toBe(false);
  });

  it('admits two of twenty at once', async () => {
    const took = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => (nth % 2 ? one : other).take(OLGA, `r-${nth}`, 2)),
    );
    expect(took.filter(Boolean)).toHaveLength(2);
  });

  it('counts a request that is being made, and not one that was never stored', async () => {
    await one.take(OLGA, 'r-making', 2);
    expect(await other.usage(OLGA)).toEqual({ open: [], making: 1 });
    const [seconds] = await bot.redis.time();
    await bot.redis.zadd(bot.keys.openRequestQuota('T0', 'U0OPER'), Number(seconds) * 1000 - 62_000, 'r-making');
    expect(await other.usage(OLGA)).toEqual({ open: [], making: 0 });
    await one.take(OLGA, 'r-refused', 2);
    await one.release(OLGA, 'r-refused');
    expect(await one.usage(OLGA)).toEqual({ open: [], making: 0 });
  });

  it('expires', async () => {
    await one.take(OLGA, 'r-1', 2);
    const ms = await bot.redis.pttl(bot.keys.openRequestQuota('T0', 'U0OPER'));
    expect(ms > 14 * 86_400_000 && ms <= 15 * 86_400_000).toBe(true);
  });
});
