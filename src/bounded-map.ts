/**
 * A map that lives as long as the process: it holds at most `most` entries, those set or read longest ago going first.
 * @param onDrop told what had to go, or was replaced, so that it can be closed
 */
export function createBoundedMap<K, V>(most: number, onDrop: (value: V) => void = () => {}) {
  const entries = new Map<K, V>();
  return {
    get(key: K): V | undefined {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key: K, value: V): void {
      const before = entries.get(key);
      entries.delete(key);
      entries.set(key, value);
      if (before !== undefined && before !== value) onDrop(before);
      for (const [oldest, held] of entries) {
        if (entries.size <= most) break;
        entries.delete(oldest);
        onDrop(held);
      }
    },
    delete: (key: K): boolean => entries.delete(key),
    keys: (): K[] => [...entries.keys()],
    values: (): V[] => [...entries.values()],
    clear: (): void => entries.clear(),
  };
}
