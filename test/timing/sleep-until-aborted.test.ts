import { describe, expect, it } from 'vitest';
import { sleepUntilAborted } from '../../src/timing/sleep-until-aborted.ts';

const AN_HOUR_MS = 3_600_000;

describe('a pause that a stop ends', () => {
  it('ends at the abort', async () => {
    const stopping = new AbortController();
    const pause = sleepUntilAborted(AN_HOUR_MS, stopping.signal);
    stopping.abort();
    await expect(pause).resolves.toBeUndefined();
  });

  it('does not begin once the signal is aborted', async () => {
    await expect(sleepUntilAborted(AN_HOUR_MS, AbortSignal.abort(), { ref: false })).resolves.toBeUndefined();
  });

  it('ends by its time, and keeps every error but the abort', async () => {
    const { signal } = new AbortController();
    await expect(sleepUntilAborted(1, signal)).resolves.toBeUndefined();
    await expect(sleepUntilAborted('soon' as never, signal)).rejects.toThrow(/delay/);
  });
});
