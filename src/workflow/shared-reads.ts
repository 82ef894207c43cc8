import type { Ledger } from './ports.ts';

/** What another bot writes is seen after this long. */
const KEPT_MS = 500;

/**
 * The same ledger, whose reads of many requests are shared by all who ask at the same time, and kept for half a second or until
 * this process writes. They are the same for everybody: who may see what is judged after them.
 */
export function sharingReads<L extends Ledger>(ledger: L, keptMs = KEPT_MS): L {
  const openRequests = shared(() => ledger.openRequests(), keptMs);
  const limitsInForce = shared(() => ledger.limitsInForce(), keptMs);
  const forgetting =
    <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      write(...args).finally(() => {
        openRequests.forget();
        limitsInForce.forget();
      });
  return {
    ...ledger,
    ...{ openRequests: openRequests.read, limitsInForce: limitsInForce.read },
    ...{ commit: forgetting(ledger.commit), releaseExecution: forgetting(ledger.releaseExecution) },
  };
}

function shared<T>(read: () => Promise<T>, keptMs: number) {
  let held: { since: number; answer: Promise<T> } | null = null;
  return {
    forget() {
      held = null;
    },
    read(): Promise<T> {
      if (held && performance.now() - held.since < keptMs) return held.answer;
      const reading = { since: performance.now(), answer: read() };
      held = reading;
      // Kept from when it was there; a fault is not.
      reading.answer.then(
        () => {
          reading.since = performance.now();
        },
        () => {
          if (held === reading) held = null;
        },
      );
      return reading.answer;
    },
  };
}
