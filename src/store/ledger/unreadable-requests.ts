import { LRUCache } from 'lru-cache';
import type { RequestUnreadable } from '../../workflow/faults.ts';

const MAX_NAMED = 1000;

/**
 * The stored requests that this version can't read, by what was loaded last. `onFound` is called once for each, however often
 * it is loaded.
 */
export function createUnreadableRequests(onFound: (fault: RequestUnreadable) => void) {
  const found = new LRUCache<string, true>({ max: MAX_NAMED });
  return {
    note(fault: RequestUnreadable): void {
      const isNew = !found.has(fault.request);
      found.set(fault.request, true);
      if (isNew) onFound(fault);
    },
    /** It could be read, or is no longer stored. */
    clear(request: string): void {
      found.delete(request);
    },
    all: (): string[] => [...found.keys()],
  };
}
