/**
 * Max-min fairness, as TCP flows on one wire come to it: nobody gets more than it can use, and what that leaves over is
 * divided evenly among those who can use more. Rates in bytes per second, in the order of the demands.
 */
export function fairShares(capacity: number, demands: readonly number[]): number[] {
  const shares = demands.map(() => 0);
  const smallestFirst = demands.map((demand, index) => ({ demand, index })).sort((a, b) => a.demand - b.demand);
  let left = capacity;
  for (const [nth, { demand, index }] of smallestFirst.entries()) {
    const share = Math.min(demand, left / (smallestFirst.length - nth));
    shares[index] = share;
    left -= share;
  }
  return shares;
}
