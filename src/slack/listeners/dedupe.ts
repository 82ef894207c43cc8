import { LRUCache } from 'lru-cache';

const MAX_KEYS = 10_000;

/** Answers whether a key was passed before. Remembers the newest `max` keys: Slack may deliver an interaction twice. */
export function createDedupe(max = MAX_KEYS) {
  const keys = new LRUCache<string, true>({ max });
  return (key: string): boolean => {
    if (keys.has(key)) return true;
    keys.set(key, true);
    return false;
  };
}
