import { LRUCache } from 'lru-cache';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';

/** What another bot writes is seen after this long. */
const KEPT_MS = 500;

/**
 * The same ledger, but whoever reads all open requests, or all limits in force, at the same time shares one read. Its answer is kept
 * for half a second, or until this process writes. It is the same for everybody: who may see what is judged after it.
 */
export function sharingReads<L extends Ledger>(ledger: L, keptMs = KEPT_MS): L {
  const reads = { openRequests: ledger.openRequests, limitsInForce: ledger.limitsInForce };
  const cache = new LRUCache<keyof typeof reads, readonly StoredRequest[]>({
    max: 2,
    ttl: keptMs,
    // After a write, a read that began before it still answers those who wait for it, and is not kept.
    ignoreFetchAbort: true,
    fetchMethod: (name) => reads[name](),
  });
  const forgetting =
    <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      write(...args).finally(() => cache.clear());
  return {
    ...ledger,
    openRequests: () => cache.forceFetch('openRequests'),
    limitsInForce: () => cache.forceFetch('limitsInForce'),
    commit: forgetting(ledger.commit),
    releaseExecution: forgetting(ledger.releaseExecution),
  };
}
