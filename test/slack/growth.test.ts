import { describe, expect, it } from 'vitest';
import { createFresh } from '../../src/slack/fresh.ts';
import { createSeen } from '../../src/slack/seen.ts';

const clock = { now: () => new Date(0) };

describe('what the bot remembers of Slack', () => {
  it('is the newest answers, however many are asked for', async () => {
    let asked = 0;
    const answer = createFresh(async (key) => `${key} ${asked++}`, clock, 60_000, 3);
    for (const key of ['a', 'b', 'c', 'd']) await answer(key);
    expect(answer.holds('a')).toBe(false);
    expect(await answer('b')).toBe('b 1');
    expect(await answer('d')).toBe('d 3');
    expect(await answer('a')).toBe('a 4');
    expect(answer.holds('b')).toBe(false);
  });

  it('is the newest of what came in', () => {
    const seen = createSeen(2);
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map(seen)).toEqual([false, false, true, false, true, false]);
  });
});
