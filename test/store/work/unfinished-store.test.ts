import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createUnfinishedStore } from '../../../src/store/work/unfinished-store.ts';
import { freshPrefix, openRedis } from '../given-ledger.ts';

let redis: Connection;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.disconnect());

const LONG_MS = 3_600_000;

/** `silence` has nothing be heard of an entry for an hour. */
function given() {
  const keys = createKeys(freshPrefix());
  const silence = (entry: string) => redis.zincrby(keys.unfinished, -LONG_MS, entry);
  return { ...createUnfinishedStore(redis, keys), silence, ttl: () => redis.ttl(keys.unfinished) };
}

describe('interactions that are not done', () => {
  it('are given away once nothing was heard of their bot, to one other alone', async () => {
    const { begin, silence, takeStale, ttl } = given();
    await begin('a');
    await begin('b');
    expect(await takeStale(LONG_MS, 10)).toEqual([]);
    await silence('a');
    const taken = await Promise.all([takeStale(LONG_MS, 10), takeStale(LONG_MS, 10), takeStale(LONG_MS, 10)]);
    expect(taken.flat()).toEqual(['a']);
    expect(await ttl()).toBeGreaterThan(0);
    // Who was given it may be killed too.
    await silence('a');
    expect(await takeStale(LONG_MS, 10)).toEqual(['a']);
  });

  it('stay with a bot that lives', async () => {
    const { begin, end, silence, renew, takeStale } = given();
    await begin('a');
    await silence('a');
    await renew(['a', 'never begun']);
    expect(await takeStale(LONG_MS, 10)).toEqual([]);
    await silence('a');
    expect(await takeStale(LONG_MS, 10)).toEqual(['a']);
    // Who was given it has ended it: it does not come back.
    await end('a');
    await renew(['a']);
    await renew([]);
    expect(await takeStale(0, 10)).toEqual([]);
  });

  it('are gone when they are done, and are given away a few at a time', async () => {
    const { begin, end, takeStale } = given();
    for (const entry of ['a', 'b', 'c']) await begin(entry);
    await end('b');
    const [first = ''] = await takeStale(0, 1);
    expect(await takeStale(0, 5)).toHaveLength(2);
    await end(first);
    expect(await takeStale(0, 5)).toHaveLength(1);
  });
});
