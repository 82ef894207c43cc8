import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createCards } from '../../../src/store/slack-state/cards.ts';
import { freshPrefix, openRedis } from '../given-ledger.ts';

let redis: Connection;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.disconnect());

const T0 = new Date('2026-11-20T10:00:00.000Z');
const later = (seconds: number) => new Date(T0.getTime() + seconds * 1000);
const cards = () => createCards(redis, createKeys(freshPrefix()));

describe('tries to post', () => {
  it('know since when, until they are ended', async () => {
    const { trying, tried } = cards();
    expect(await trying('r-1', 'card', T0)).toBeNull();
    expect(await trying('r-1', 'card', later(9))).toEqual(T0);
    expect(await trying('r-1', 'result', later(9))).toBeNull();
    await tried('r-1', 'card');
    expect(await trying('r-1', 'card', later(10))).toBeNull();
    expect(await trying('r-1', 'result', later(10))).toEqual(later(9));
  });

  it('are no card yet', async () => {
    const { trying, find } = cards();
    await trying('r-1', 'card', T0);
    expect(await find('r-1')).toBeNull();
  });

  it('that were refused are counted in a row, by what Slack said', async () => {
    const { refused } = cards();
    expect(await refused('r-1', 'new_error', T0)).toEqual({ times: 1, seconds: 0 });
    expect(await refused('r-1', 'new_error', later(30))).toEqual({ times: 2, seconds: 30 });
    expect(await refused('r-1', 'other', later(30))).toEqual({ times: 1, seconds: 0 });
    expect(await refused('r-1', 'new_error', later(30 + 3601))).toEqual({ times: 1, seconds: 0 });
  });
});
