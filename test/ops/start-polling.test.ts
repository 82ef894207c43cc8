import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PollingOptions, startPolling } from '../../src/ops/start-polling.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function start<T>(options: Partial<PollingOptions<T>> & Pick<PollingOptions<T>, 'poll'>) {
  const faults: unknown[] = [];
  const polling = startPolling({
    everyMs: 3_600_000,
    retryMs: 3_600_000,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  stops.push(polling.stop);
  return { ...polling, faults };
}

describe('a poll', () => {
  it('has its value kept, with its age, however often it is read', async () => {
    let polls = 0;
    const { first, last } = start({ poll: async () => ++polls });
    expect(last()).toBeNull();
    await first;
    for (let number = 0; number < 100; number++) expect(last()).toMatchObject({ value: 1 });
    expect(last()?.agoMs).toBeGreaterThanOrEqual(0);
    expect(polls).toBe(1);
  });

  it('that fails has its fault kept, reported once, and is retried after a shorter time', async () => {
    let polls = 0;
    const poll = async () => {
      polls += 1;
      if (polls < 4) throw new Error(`poll ${polls}`);
      return polls;
    };
    const { first, last, faults } = start({ poll, retryMs: 1 });
    await first;
    expect(last()).toMatchObject({ fault: new Error('poll 1') });
    await vi.waitFor(() => expect(last()).toMatchObject({ value: 4 }), { timeout: 20_000 });
    expect(faults).toHaveLength(1);
  });

  it('is repeated sooner if its value requests that', async () => {
    let polls = 0;
    const { last } = start({ poll: async () => ++polls, retryAfter: (value) => (value < 3 ? 1 : false) });
    await vi.waitFor(() => expect(last()).toMatchObject({ value: 3 }), { timeout: 20_000 });
  });

  it('is not needed for a value that is known already', async () => {
    const { first, last } = start({ poll: async () => 2, initial: 1 });
    await first;
    expect(last()).toMatchObject({ value: 1 });
  });
});
