/** One who takes part in a filling: gets `least` in any case, never more than `most`, and in between by its weight. */
export interface Taker {
  /** Above 0. */
  weight: number;
  /** Integers, `least` ≤ `most`. */
  least: number;
  most: number;
}

/** Halving an interval of doubles more often than this changes nothing. */
const HALVINGS = 64;

/**
 * Weighted max-min fairness, also called water-filling: everybody's level rises in proportion to its weight until it has all
 * that it may have, or the budget is used up. Integers, in the order of the takers. Their sum is at most the budget, unless
 * already the least ones are more; fewer units than there are takers stay unused while somebody could take more.
 */
export function fill(budget: number, takers: readonly Taker[]): number[] {
  const all = takers.map(({ most }) => most);
  if (sum(all) <= budget) return all;
  let low = 0;
  let high = Math.max(0, ...takers.map(({ weight, most }) => most / weight));
  for (let nth = 0; nth < HALVINGS; nth++) {
    const level = (low + high) / 2;
    const left = budget - sumAt(level, takers);
    if (left < 0) high = level;
    else low = level;
    if (left === 0) break;
  }
  return takers.map((taker) => at(low, taker));
}

function at(level: number, { weight, least, most }: Taker): number {
  return Math.min(most, Math.max(least, Math.floor(weight * level)));
}

function sumAt(level: number, takers: readonly Taker[]): number {
  let total = 0;
  for (const taker of takers) total += at(level, taker);
  return total;
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
