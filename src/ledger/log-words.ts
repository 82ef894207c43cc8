/** `1 record`, `1,200 records`. */
export function records(count: number): string {
  return `${number(count)} ${count === 1 ? 'record' : 'records'}`;
}

/** Places from one to another: `7`, `1 … 1,200`. */
export function range(from: number, to: number): string {
  return from === to ? number(from) : `${number(from)} … ${number(to)}`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}
