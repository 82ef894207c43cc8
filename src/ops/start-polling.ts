import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';

export interface PollingOptions<T> {
  /** Must end by itself. */
  poll: () => Promise<T>;
  everyMs: number;
  /** The interval after a poll that failed, or whose value is likely to change soon. */
  retryMs: number;
  /** Whether the next poll comes after `retryMs`, or after this many milliseconds. */
  retryAfter?: (value: T) => boolean | number;
  /** Called for the first of several failures in a row. */
  onFault: (fault: unknown) => void;
  /** A value that is known already: the first poll comes when it is `everyMs` old. */
  initial?: T;
}

/** How the newest poll ended, and when. */
export type Polled<T> = ({ value: T } | { fault: unknown }) & { endedAt: Date; agoMs: number };

/** Polls something at a fixed interval and keeps the newest result, so that reading it costs nothing. */
export function startPolling<T>({
  poll,
  everyMs,
  retryMs,
  retryAfter = () => false,
  onFault,
  initial,
}: PollingOptions<T>) {
  const stopping = new AbortController();
  let last: (({ value: T } | { fault: unknown }) & { endedAt: Date; ended: number }) | null =
    initial === undefined ? null : { value: initial, endedAt: new Date(), ended: performance.now() };

  /** @returns how long to wait before the next poll, in ms */
  async function pollOnce(): Promise<number> {
    try {
      const value = await poll();
      last = { value, endedAt: new Date(), ended: performance.now() };
      const retry = retryAfter(value);
      return typeof retry === 'number' ? retry : retry ? retryMs : everyMs;
    } catch (fault) {
      const isFirst = last === null || 'value' in last;
      last = { fault, endedAt: new Date(), ended: performance.now() };
      if (isFirst && !stopping.signal.aborted) onFault(fault);
      return retryMs;
    }
  }

  async function run(firstWaitMs: number): Promise<void> {
    let waitMs = firstWaitMs;
    while (!stopping.signal.aborted) {
      await sleepUntilAborted(waitMs, stopping.signal, { ref: false });
      if (!stopping.signal.aborted) waitMs = await pollOnce();
    }
  }

  const first = initial === undefined ? pollOnce() : Promise.resolve(everyMs);
  void first.then(run);
  return {
    /** Resolves when the first poll has ended. */
    first: first.then(() => undefined),
    /** Null before the first poll has ended. */
    last(): Polled<T> | null {
      if (last === null) return null;
      const { ended, ...polled } = last;
      return { ...polled, agoMs: performance.now() - ended };
    },
    stop: () => stopping.abort(),
  };
}
