import { describe, expect, it } from 'vitest';
import { createTurns, type Lane, NotYet, type SharedWaits } from '../../src/slack/turns.ts';

const LANE: Lane = { key: 'post:C0OPS', everyMs: 1000, burst: 2, atOnce: 1 };

const first = (id: string) => ({ id, urgency: 'first' as const });

/** Turns on a clock that stands still until it is moved, so that nobody waits in the process. */
function given() {
  const clock = { ms: 0 };
  const waits = new Map<string, number>();
  const shared: SharedWaits = {
    left: async (lane) => Math.max(0, (waits.get(lane) ?? 0) - clock.ms),
    keep: async (lane, ms) => void waits.set(lane, clock.ms + ms),
  };
  const process = () => createTurns({ shared, now: () => clock.ms });
  const turns = process();
  const made: string[] = [];
  const call =
    (id: string, seconds: number | null = null) =>
    async () => {
      made.push(id);
      if (seconds !== null) throw Object.assign(new Error('ratelimited'), { retryAfter: seconds });
    };
  /** Seconds that a piece is put off for; null where it called. */
  async function take(id: string, urgency: 'first' | 'later' = 'first', limited: number | null = null, by = turns) {
    try {
      await by.take(LANE, { id, urgency }, call(id, limited));
      return null;
    } catch (fault) {
      if (fault instanceof NotYet) return fault.retryAfter;
      throw fault;
    }
  }
  return { clock, turns, made, take, process };
}

describe('turns', () => {
  it('some go at once; then each is put off to a second of its own', async () => {
    const { take, turns, made } = given();
    expect([await take('a'), await take('b')]).toEqual([null, null]);
    const put = [];
    for (const id of ['c', 'd', 'e']) put.push(put.length === 0 ? turns.expect(LANE, first(id)) : await take(id));
    expect(put).toEqual([undefined, 2, 3]);
    expect(made).toEqual(['a', 'b']);
  });

  it('who comes back in time goes, and whoever comes new does not take that turn', async () => {
    const { take, clock, made } = given();
    await take('a', 'first', 10);
    expect(await take('b')).toBe(11);
    clock.ms = 10_000;
    expect(await take('new')).toBe(2);
    expect(await take('a')).toBeNull();
    clock.ms = 11_000;
    expect(await take('newer')).toBe(2);
    expect(await take('b')).toBeNull();
    expect(made).toEqual(['a', 'a', 'b']);
  });

  it('after a 429 nobody calls before it is over, then one, and the others after it', async () => {
    const { take, clock, made } = given();
    expect(await take('a', 'first', 30)).toBe(30);
    expect(await take('b')).toBe(31);
    expect(await take('c')).toBe(32);
    clock.ms = 29_000;
    expect(await take('c')).toBe(3);
    clock.ms = 30_000;
    expect(await take('a', 'first', 5)).toBe(5);
    clock.ms = 31_000;
    expect(await take('b')).toBe(5);
    clock.ms = 35_000;
    expect(await take('a')).toBeNull();
    clock.ms = 36_000;
    expect(await take('b')).toBeNull();
    clock.ms = 37_000;
    expect(await take('c')).toBeNull();
    expect(made).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  it('another process hears of a 429 too', async () => {
    const { take, made, process } = given();
    await take('a', 'first', 30);
    expect(await take('b', 'first', null, process())).toBe(30);
    expect(made).toEqual(['a']);
  });

  it('what people wait for goes before the rest, whatever waits', async () => {
    const { take, clock, made } = given();
    await take('limit', 'first', 10);
    expect(await take('note 1', 'later')).toBe(11);
    expect(await take('note 2', 'later')).toBe(12);
    expect(await take('card')).toBe(11);
    clock.ms = 10_000;
    expect(await take('limit')).toBeNull();
    clock.ms = 11_000;
    expect(await take('card')).toBeNull();
    clock.ms = 12_000;
    expect(await take('note 1', 'later')).toBeNull();
    clock.ms = 13_000;
    expect(await take('note 2', 'later')).toBeNull();
    expect(made).toEqual(['limit', 'limit', 'card', 'note 1', 'note 2']);
  });

  it('nobody waits for what does not come back', async () => {
    const { take, clock } = given();
    await take('gone', 'first', 10);
    expect(await take('b')).toBe(11);
    clock.ms = 11_000;
    expect(await take('b')).toBeNull();
  });

  it('what may be left out has room where nobody waits, and not after a 429', async () => {
    const { take, turns, clock } = given();
    expect(turns.isFree(LANE)).toBe(true);
    await take('a', 'first', 10);
    expect(turns.isFree(LANE)).toBe(false);
    clock.ms = 10_000;
    await take('a');
    clock.ms = 20_000;
    expect(turns.isFree(LANE)).toBe(true);
  });
});
