import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCardLock } from '../../../src/slack/posting/card-lock.ts';
import { createCards } from '../../../src/store/slack-state/cards.ts';
import type { Cards } from '../../../src/workflow/ports/cards.ts';
import { type OpenedLedger, openLedger } from '../given-ledger.ts';

const NINETY_DAYS = 90 * 86_400;
let opened: OpenedLedger;
let cards: Cards;

beforeEach(async () => {
  opened = await openLedger();
  cards = createCards(opened.redis, opened.keys);
});
afterEach(() => opened.close());

describe('where a request’s messages stand', () => {
  it('is kept part by part: who tells the result late puts no older card back', async () => {
    await cards.keep('r-1', { channel: 'C1', ts: '1.1', resultTs: null });
    await cards.keep('r-1', { channel: 'C1', ts: '2.2', resultTs: null });
    await cards.keepResult('r-1', '3.3');
    expect(await cards.find('r-1')).toEqual({ channel: 'C1', ts: '2.2', resultTs: '3.3' });
    await cards.keep('r-1', { channel: 'C1', ts: '4.4', resultTs: null });
    expect(await cards.find('r-1')).toEqual({ channel: 'C1', ts: '4.4', resultTs: '3.3' });
  });

  it('is never written without its end', async () => {
    const ttl = () => opened.redis.ttl(opened.keys.card('r-1'));
    for (const write of [
      () => cards.kept('r-1', 'half'),
      () => cards.keepResult('r-1', '3.3'),
      () => cards.keep('r-1', { channel: 'C1', ts: '1.1', resultTs: null }),
    ]) {
      await opened.redis.del(opened.keys.card('r-1'));
      await write();
      expect(await ttl()).toBeGreaterThan(NINETY_DAYS - 60);
    }
  });

  it('is said to have failed where Redis does not take it', async () => {
    await opened.redis.set(opened.keys.card('r-1'), 'no hash');
    await expect(cards.keepResult('r-1', '3.3')).rejects.toThrow(/WRONGTYPE/);
  });
});

describe('the turn to write a request’s messages', () => {
  const BUSY = { againInSeconds: 0.5, why: 'another bot is at this card' };
  const withCardLock: ReturnType<typeof createCardLock> = (...given) => createCardLock(cards)(...given);

  it('is one bot’s at a time, for the card and for the result by itself', async () => {
    const written: string[] = [];
    const told = await withCardLock('r-1', 'card', async (still) => {
      expect(await withCardLock('r-1', 'card', async () => null)).toEqual(BUSY);
      expect(
        await withCardLock('r-1', 'result', async (also) => {
          await also();
          written.push('result');
          return null;
        }),
      ).toBeNull();
      await still();
      written.push('card');
      return null;
    });
    expect(told).toBeNull();
    expect(written).toEqual(['result', 'card']);
    expect(await opened.redis.exists(opened.keys.cardLock('r-1'), opened.keys.resultLock('r-1'))).toBe(0);
  });

  it('that has gone to another bot ends before the next message, and leaves the other’s alone', async () => {
    const key = opened.keys.cardLock('r-1');
    const written: string[] = [];
    const told = await withCardLock('r-1', 'card', async (still) => {
      await still();
      written.push('one');
      await opened.redis.set(key, 'another bot’s');
      await still();
      written.push('two');
      return null;
    });
    expect(told).toEqual(BUSY);
    expect(written).toEqual(['one']);
    expect(await opened.redis.get(key)).toBe('another bot’s');
  });

  it('is given back after a fault, which is told', async () => {
    const work = withCardLock('r-1', 'card', async () => {
      throw new Error('Slack said no');
    });
    await expect(work).rejects.toThrow('Slack said no');
    expect(await opened.redis.exists(opened.keys.cardLock('r-1'))).toBe(0);
  });
});
