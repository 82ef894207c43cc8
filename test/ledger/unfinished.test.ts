import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/ledger/connection.ts';
import { createKeys } from '../../src/ledger/keys.ts';
import { createUnfinishedStore } from '../../src/ledger/unfinished.ts';
import { freshPrefix, openRedis } from './given-ledger.ts';

let redis: Connection;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.disconnect());

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20) + seconds * 1000);
const store = () => createUnfinishedStore(redis, createKeys(freshPrefix()));

describe('interactions that are not done', () => {
  it('are given away once nothing was heard of their bot, to one other alone', async () => {
    const { begin, takeStale } = store();
    await begin('a', at(0));
    await begin('b', at(20));
    expect(await takeStale(at(-1), 10)).toEqual([]);
    const taken = await Promise.all([takeStale(at(10), 10), takeStale(at(10), 10), takeStale(at(10), 10)]);
    expect(taken.flat()).toEqual(['a']);
  });

  it('stay with a bot that lives', async () => {
    const { begin, renew, takeStale } = store();
    await begin('a', at(0));
    await renew(['a', 'never begun'], at(30));
    expect(await takeStale(at(29), 10)).toEqual([]);
    expect(await takeStale(at(30), 10)).toEqual(['a']);
    // Given away, it does not come back.
    await renew(['a'], at(40));
    expect(await takeStale(at(60), 10)).toEqual([]);
    await renew([], at(40));
  });

  it('are gone when they are done, and are given away a few at a time', async () => {
    const { begin, end, takeStale } = store();
    for (const entry of ['a', 'b', 'c']) await begin(entry, at(0));
    await end('b');
    expect(await takeStale(at(1), 1)).toEqual(['a']);
    expect(await takeStale(at(1), 5)).toEqual(['c']);
  });
});
