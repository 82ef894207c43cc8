import { describe, expect, it } from 'vitest';
import { createDedupe } from '../../src/slack/listeners/dedupe.ts';
import { createTtlCache } from '../../src/slack/people/ttl-cache.ts';

const clock = { now: () => new Date(0) };

describe('what the bot remembers of Slack', () => {
  it('is the newest answers, however many are asked for', async () => {
    let asked = 0;
    const answer = createTtlCache(async (key) => `${key} ${asked++}`, clock, 60_000, 3);
    for (const key of ['a', 'b', 'c', 'd']) await answer(key);
    expect(answer.has('a')).toBe(false);
    expect(await answer('b')).toBe('b 1');
    expect(await answer('d')).toBe('d 3');
    expect(await answer('a')).toBe('a 4');
    expect(answer.has('b')).toBe(false);
  });

  it('is the newest of what came in', () => {
    const isRepeat = createDedupe(2);
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map(isRepeat)).toEqual([false, false, true, false, true, false]);
  });
});
