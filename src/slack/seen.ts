/** Remembers what came in lately, so that the same again does nothing. Holds the newest `most`. */
export function createSeen(most = 10_000) {
  const keys = new Set<string>();
  return (key: string): boolean => {
    if (keys.has(key)) return true;
    keys.add(key);
    for (const oldest of keys) {
      if (keys.size <= most) break;
      keys.delete(oldest);
    }
    return false;
  };
}
