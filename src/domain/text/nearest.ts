/** The same texts, those that were most likely meant by `typed` first: by the number of typing mistakes between them. */
export function nearestFirst(typed: string, texts: readonly string[]): string[] {
  return texts
    .map((text) => ({ text, mistakes: mistakesBetween(typed, text) }))
    .sort((one, other) => one.mistakes - other.mistakes || (one.text < other.text ? -1 : 1))
    .map(({ text }) => text);
}

/**
 * The optimal string alignment distance: the least number of characters inserted, deleted, replaced or swapped with
 * their neighbour that turns one text into the other.
 */
function mistakesBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const replaced = at(last, column - 1) + (isSame ? 0 : 1);
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwap ? at(beforeLast, column - 2) + 1 : replaced;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

function at(list: readonly number[], index: number): number {
  return list[index] ?? Number.POSITIVE_INFINITY;
}
