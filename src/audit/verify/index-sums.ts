import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Four words of the hash of an index's name. */
type KeyedName = readonly [number, number, number, number];

/** How many sums there are at most, whatever the length of the log. Each covers a span of places. */
const MAX_BUCKETS = 1024;
/** How many hashes of index names are cached: the same tasks and people come again and again. */
const MAX_NAMES = 5000;

/**
 * Sums over index entries that don't depend on their order: two sets of entries with equal sums are the same. The sums are
 * keyed with a random secret, so that nobody can make up entries with the same sum as others. Memory does not grow with the
 * log.
 */
export function createIndexSums(first: number, last: number) {
  const secret = randomBytes(32).toString('hex');
  const width = Math.max(1, Math.ceil((last - first + 1) / MAX_BUCKETS));
  const count = Math.max(1, Math.ceil((last - first + 1) / width));
  const names = new LRUCache<string, KeyedName>({ max: MAX_NAMES });

  function keyed(index: string): KeyedName {
    const known = names.get(index);
    if (known) return known;
    const digest = hash('sha256', secret + index, 'buffer');
    const words = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as [number, number, number, number];
    names.set(index, words);
    return words;
  }

  return {
    /** How many places one sum covers. */
    width,
    sums() {
      const low = new Uint32Array(count);
      const high = new Uint32Array(count);
      return {
        low,
        high,
        add(index: string, seq: number): void {
          const [a, b, c, d] = keyed(index);
          const bucket = Math.floor((seq - first) / width);
          const above = Math.floor(seq / 2 ** 32);
          low[bucket] = (low[bucket] ?? 0) + mix(mix(seq ^ a) ^ above ^ b);
          high[bucket] = (high[bucket] ?? 0) + mix(mix(seq ^ c) ^ above ^ d);
        },
      };
    },
    /** The first places of the spans whose sums differ, from a place on. */
    differing(one: Sums, other: Sums, from: number): number[] {
      return Array.from({ length: count }, (_, bucket) => bucket)
        .filter((bucket) => one.low[bucket] !== other.low[bucket] || one.high[bucket] !== other.high[bucket])
        .map((bucket) => first + bucket * width)
        .filter((place) => place >= from);
    },
  };
}

interface Sums {
  low: Uint32Array;
  high: Uint32Array;
}

/** The finalizer of MurmurHash3: each bit of the input changes half of the bits of the output. */
function mix(value: number): number {
  let word = value | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
