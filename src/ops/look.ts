import { setTimeout as sleep } from 'node:timers/promises';

export interface LookOptions<T> {
  look: () => Promise<T>;
  everyMs: number;
  /** After a look that failed, or found something that may be over soon. */
  againMs: number;
  /** Whether the next look is to come after `againMs`, or after as many milliseconds. */
  soon?: (found: T) => boolean | number;
  onFault: (fault: unknown) => void;
  /** What is known without a look: the first one comes when that is `everyMs` old. */
  known?: T;
}

/** What the newest look that ended found, and when that was; null: none has ended yet. */
export type Looked<T> = ({ found: T } | { fault: unknown }) & { endedAt: Date; agoMs: number };

/**
 * Looks at something over and over, on the bot's own cadence, and keeps what was found: whoever asks gets that, and costs nothing.
 * A look must end by itself.
 */
export function startLook<T>({ look, everyMs, againMs, soon = () => false, onFault, known }: LookOptions<T>) {
  const stopping = new AbortController();
  let last: (({ found: T } | { fault: unknown }) & { endedAt: Date; ended: number }) | null =
    known === undefined ? null : { found: known, endedAt: new Date(), ended: performance.now() };

  /** Answers with how long to wait for the next one. */
  async function turn(): Promise<number> {
    try {
      const found = await look();
      last = { found, endedAt: new Date(), ended: performance.now() };
      const again = soon(found);
      return typeof again === 'number' ? again : again ? againMs : everyMs;
    } catch (fault) {
      const news = last === null || 'found' in last;
      last = { fault, endedAt: new Date(), ended: performance.now() };
      if (news && !stopping.signal.aborted) onFault(fault);
      return againMs;
    }
  }

  async function run(first: number): Promise<void> {
    let waitMs = first;
    while (!stopping.signal.aborted) {
      await sleep(waitMs, null, { signal: stopping.signal, ref: false }).catch(() => null);
      if (!stopping.signal.aborted) waitMs = await turn();
    }
  }

  const first = known === undefined ? turn() : Promise.resolve(everyMs);
  void first.then(run);
  return {
    /** Resolves when the first look has ended. */
    first: first.then(() => undefined),
    last(): Looked<T> | null {
      if (last === null) return null;
      const { ended, ...looked } = last;
      return { ...looked, agoMs: performance.now() - ended };
    },
    stop: () => stopping.abort(),
  };
}
