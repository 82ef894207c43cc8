/** `1 record`, `1,200 records`. */
export function formatRecords(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'record' : 'records'}`;
}

/** Places from one to another: `7`, `1 … 1,200`. */
export function formatRange(from: number, to: number): string {
  return from === to ? formatCount(from) : `${formatCount(from)} … ${formatCount(to)}`;
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
