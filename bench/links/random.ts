/** The same numbers from 0 to below 1 for the same seed: mulberry32, by Tommy Ettinger. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two seeds in one. */
export function seedOf(...parts: readonly number[]): number {
  return parts.reduce((seed, part) => Math.imul(seed ^ (part + 0x9e3779b9), 0x85ebca6b) >>> 0, 0x2545f491);
}

export function exponential(random: () => number, mean: number): number {
  return -mean * Math.log(1 - random());
}
