import { describe, expect, it } from 'vitest';
import { createLookUps, TooBusy } from '../../../src/slack/context/look-ups.ts';

/** Look-ups that end when they are told to. */
function given(options: Parameters<typeof createLookUps>[0]) {
  const lookUps = createLookUps(options);
  const began: string[] = [];
  const ends = new Map<string, (answer: string) => void>();
  const look = (name: string) => () => {
    began.push(name);
    return new Promise<string>((resolve) => ends.set(name, resolve));
  };
  return { lookUps, began, look, end: (name: string) => ends.get(name)?.(`answer of ${name}`) };
}

describe('look-ups', () => {
  it('run a few at a time, those first that somebody types for, and Home tabs last', async () => {
    const { lookUps, began, look, end } = given({ atOnce: 2 });
    const all = ['one', 'two', 'three'].map((name) => lookUps.run('asked', null, look(name)));
    const home = lookUps.run('home', null, look('home'));
    const typing = lookUps.run('typing', null, look('typing'));
    expect(began).toEqual(['one', 'two']);
    end('one');
    await all[0];
    await expect.poll(() => began).toEqual(['one', 'two', 'typing']);
    end('typing');
    expect(await typing).toBe('answer of typing');
    await expect.poll(() => began).toEqual(['one', 'two', 'typing', 'three']);
    end('two');
    end('three');
    await Promise.all(all);
    await expect.poll(() => began.at(-1)).toBe('home');
    end('home');
    await home;
  });

  it('of the same share one run while it lasts, its fault too', async () => {
    const { lookUps, began, look, end } = given({});
    const same = Array.from({ length: 64 }, () => lookUps.run('asked', 'list U1', look('list U1')));
    const other = lookUps.run('asked', 'list U2', look('list U2'));
    expect(began).toEqual(['list U1', 'list U2']);
    end('list U1');
    end('list U2');
    expect(new Set(await Promise.all(same))).toEqual(new Set(['answer of list U1']));
    expect(await other).toBe('answer of list U2');
    const failing = () => Promise.reject(new Error('away'));
    const failed = [1, 2].map(() => lookUps.run('asked', 'list U1', failing).catch(String));
    expect(await Promise.all(failed)).toEqual(['Error: away', 'Error: away']);
    const again = lookUps.run('asked', 'list U1', look('again'));
    end('again');
    expect(await again).toBe('answer of again');
  });

  it('are refused where too many wait already', async () => {
    const { lookUps, began, look, end } = given({ atOnce: 1, mostWaiting: 1 });
    const running = lookUps.run('asked', null, look('running'));
    const waiting = lookUps.run('asked', null, look('waiting'));
    await expect(lookUps.run('typing', null, look('too many'))).rejects.toThrow(TooBusy);
    end('running');
    await running;
    await expect.poll(() => began.at(-1)).toBe('waiting');
    end('waiting');
    expect(await waiting).toBe('answer of waiting');
  });
});
