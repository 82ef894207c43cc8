import { loadavg } from 'node:os';

/** One measured figure. */
export interface Row {
  what: string;
  figure: string;
  /** What it is measured against. */
  yardstick: string;
  wanted: string;
  good: boolean;
  /** Of the machine over the last minute: a figure that was taken while others worked says little. */
  load: string;
}

export function rowOf(row: Omit<Row, 'load'>): Row {
  return { ...row, load: (loadavg()[0] ?? 0).toFixed(1) };
}

/** The value that this part of all doesn't exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
