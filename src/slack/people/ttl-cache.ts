import { LRUCache } from 'lru-cache';
import type { Clock } from '../../workflow/ports/clock.ts';

const MAX_ENTRIES = 1000;

/**
 * Caches the answers of `load` by key for `ttlMs`. Callers that ask for one key at the same time share one call. A fault is not
 * cached. Above `max` entries the oldest answers are dropped first.
 */
export function createTtlCache<T>(load: (key: string) => Promise<T>, clock: Clock, ttlMs: number, max = MAX_ENTRIES) {
  const answers = new LRUCache<string, Promise<T>>({
    max,
    ttl: ttlMs,
    // By the given clock, at each call.
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });
  const answer = (key: string): Promise<T> => {
    // `peek`, not `get`: reading an answer does not keep it longer.
    const cached = answers.peek(key);
    if (cached) return cached;
    const loading = load(key);
    answers.set(key, loading);
    loading.catch(() => {
      if (answers.peek(key) === loading) answers.delete(key);
    });
    return loading;
  };
  /** `has`: the answer is cached, so that nothing has to be loaded for it. */
  return Object.assign(answer, { has: (key: string): boolean => answers.has(key) });
}
