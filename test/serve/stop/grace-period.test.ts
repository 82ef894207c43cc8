import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGracePeriod } from '../../../src/serve/stop/grace-period.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('starts with the first that waits, is shared by all, and ends', () => {
  const grace = createGracePeriod(6000);
  vi.advanceTimersByTime(60_000);
  expect(grace.leftMs()).toBe(6000);
  vi.advanceTimersByTime(4000);
  expect(grace.leftMs()).toBe(2000);
  vi.advanceTimersByTime(4000);
  expect(grace.leftMs()).toBe(0);
});

it('lets work end, with its error', async () => {
  const grace = createGracePeriod(60_000);
  await grace.wait(Promise.resolve());
  await expect(grace.wait(Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('leaves work that takes longer', async () => {
  await createGracePeriod(1).wait(new Promise(() => {}));
});
