import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LookOptions, startLook } from '../../src/ops/look.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function start<T>(options: Partial<LookOptions<T>> & Pick<LookOptions<T>, 'look'>) {
  const faults: unknown[] = [];
  const look = startLook({
    everyMs: 3_600_000,
    againMs: 3_600_000,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  stops.push(look.stop);
  return { ...look, faults };
}

describe('a look', () => {
  it('is kept, with its age, however often it is asked for', async () => {
    let looks = 0;
    const { first, last } = start({ look: async () => ++looks });
    expect(last()).toBeNull();
    await first;
    for (let number = 0; number < 100; number++) expect(last()).toMatchObject({ found: 1 });
    expect(last()?.agoMs).toBeGreaterThanOrEqual(0);
    expect(looks).toBe(1);
  });

  it('that fails is kept too, said once, and done again after a shorter time', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      if (looks < 4) throw new Error(`look ${looks}`);
      return looks;
    };
    const { first, last, faults } = start({ look, againMs: 1 });
    await first;
    expect(last()).toMatchObject({ fault: new Error('look 1') });
    await vi.waitFor(() => expect(last()).toMatchObject({ found: 4 }), { timeout: 20_000 });
    expect(faults).toHaveLength(1);
  });

  it('comes sooner where what it found asks for that', async () => {
    let looks = 0;
    const { last } = start({ look: async () => ++looks, soon: (found) => (found < 3 ? 1 : false) });
    await vi.waitFor(() => expect(last()).toMatchObject({ found: 3 }), { timeout: 20_000 });
  });

  it('is not needed for what is known already', async () => {
    const { first, last } = start({ look: async () => 2, known: 1 });
    await first;
    expect(last()).toMatchObject({ found: 1 });
  });
});
