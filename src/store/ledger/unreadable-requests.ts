import type { RequestUnreadable } from '../../workflow/faults.ts';

/**
 * The stored requests that this version can't read, by what was loaded last. `onFound` is called once for each, however often
 * it is loaded.
 */
export function createUnreadableRequests(onFound: (fault: RequestUnreadable) => void) {
  const found = new Set<string>();
  return {
    note(fault: RequestUnreadable): void {
      if (found.has(fault.request)) return;
      found.add(fault.request);
      onFound(fault);
    },
    /** It could be read, or is no longer stored. */
    clear(request: string): void {
      found.delete(request);
    },
    all: (): string[] => [...found],
  };
}
