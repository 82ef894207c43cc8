import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOpenHomeTabs } from '../../../src/store/slack-state/open-home-tabs.ts';
import type { OpenHomeTabs, PublishSlot } from '../../../src/workflow/queries/home.ts';
import { openLedger } from '../given-ledger.ts';

const PATIENCE = { timeout: 40_000 };
let seconds = 0;
const clock = { now: () => new Date(Date.UTC(2026, 10, 22) + seconds * 1000) };
let opened: Awaited<ReturnType<typeof openLedger>>;

beforeAll(async () => {
  opened = await openLedger({ clock });
});
afterAll(() => opened.close());

async function slotOf(tabs: OpenHomeTabs, user: string): Promise<PublishSlot> {
  const slot = await tabs.takePublishSlot(user);
  if (!slot) throw new Error('no publish slot');
  return slot;
}

describe('home tabs in Redis', () => {
  it('are due when opened, outdated, or not fresh any more; each is published by one bot, at most every ten seconds', async () => {
    const { redis, keys } = opened;
    const [one, other] = [createOpenHomeTabs(redis, keys, clock), createOpenHomeTabs(redis, keys, clock)];
    expect(await one.due()).toEqual([]);
    await one.opened('U1');
    expect(await other.due()).toEqual(['U1']);
    const slots = await Promise.all([one.takePublishSlot('U1'), other.takePublishSlot('U1')]);
    expect(slots.filter((slot) => slot !== null)).toHaveLength(1);
    expect(await one.due()).toEqual([]);

    await other.markOutdated(['U1', 'U2']);
    expect(await one.due()).toEqual(['U1']);
    expect(await one.takePublishSlot('U1')).toBeNull();
    for (const slot of slots) await slot?.release();
    expect(await one.takePublishSlot('U1')).toBeNull();
    const ttl = await redis.pttl(keys.homePublishSlot('U1'));
    expect(ttl).toBeGreaterThan(8_000);
    expect(ttl).toBeLessThanOrEqual(10_000);

    await redis.del(keys.homePublishSlot('U1'));
    await slotOf(one, 'U1');
    expect(await one.due()).toEqual([]);
    // Nothing was recorded, but what runs has moved on.
    await redis.del(keys.homeTabFresh('U1'));
    expect(await other.due()).toEqual(['U1']);
  });

  it('are one bot’s to publish for as long as the facts take, and nobody’s for ten seconds after that', async () => {
    const { redis, keys } = opened;
    const tabs = createOpenHomeTabs(redis, keys, clock);
    const slot = await slotOf(tabs, 'U4');
    await redis.pexpire(keys.homePublishSlot('U4'), 8000);
    // It is renewed by itself.
    await vi.waitFor(async () => expect(await redis.pttl(keys.homePublishSlot('U4'))).toBeGreaterThan(8000), PATIENCE);
    expect(await slot.isHeld()).toBe(true);
    await redis.pexpire(keys.homePublishSlot('U4'), 3000);
    await slot.release();
    expect(await tabs.takePublishSlot('U4')).toBeNull();
    expect(await redis.pttl(keys.homePublishSlot('U4'))).toBeGreaterThan(5000);
  });

  it('are not published by a bot that paused until another had the publish slot', async () => {
    const { redis, keys } = opened;
    const tabs = createOpenHomeTabs(redis, keys, clock);
    const late = await slotOf(tabs, 'U5');
    await redis.del(keys.homePublishSlot('U5'));
    const next = await slotOf(tabs, 'U5');
    expect(await late.isHeld()).toBe(false);
    await late.release();
    expect(await next.isHeld()).toBe(true);
    await next.release();
  });

  it('leave nothing in Redis for good, whoever looked at them', async () => {
    const { redis, keys } = opened;
    const tabs = createOpenHomeTabs(redis, keys, clock);
    for (let number = 0; number < 50; number++) await tabs.opened(`UGONE${number}`);
    await tabs.markOutdated(['UNOBODY']);
    seconds += 601;
    await tabs.opened('U6');
    expect(await redis.smembers(keys.outdatedHomeTabs)).toEqual(['U6']);
    expect(await redis.zrange(keys.openHomeTabs, '0', '-1')).toEqual(['U6']);
    await (await slotOf(tabs, 'U6')).release();
    for (const key of [keys.openHomeTabs, keys.outdatedHomeTabs, keys.homeTabFresh('U6'), keys.homePublishSlot('U6')]) {
      expect(await redis.ttl(key), key).not.toBe(-1);
    }
  });

  it('are left alone ten minutes after they were opened', async () => {
    const tabs = createOpenHomeTabs(opened.redis, opened.keys, clock);
    await tabs.opened('U3');
    seconds += 599;
    expect(await tabs.open()).toContain('U3');
    seconds += 2;
    expect(await tabs.open()).toEqual([]);
    await tabs.markOutdated(['U3']);
    expect(await tabs.due()).toEqual([]);
  });
});
