import type { Fault } from './verdict.ts';

/** What a check found in a log, or in one part of it. */
export interface LogSummary {
  log: string | null;
  first: number | null;
  /** Where an accepted loss begins that ends just before the first record; null: there is none. */
  gapFrom: number | null;
  last: number | null;
  /** Of the last record, computed from its bytes. */
  hash: string | null;
  count: number;
}

/** The same of one part. */
export interface PartSummary extends LogSummary {
  /** The first gap in it, or just before it. */
  missing: Fault | null;
}

export const emptyPart = (): PartSummary => ({
  log: null,
  first: null,
  gapFrom: null,
  last: null,
  hash: null,
  count: 0,
  missing: null,
});

export function addRecord(
  summary: LogSummary,
  { seq, hash, log, gapFrom }: Pick<LogSummary, 'hash' | 'log' | 'gapFrom'> & { seq: number | null },
): void {
  summary.count += 1;
  summary.log ??= log;
  if (summary.first === null) {
    summary.first = seq;
    summary.gapFrom = gapFrom;
  }
  summary.last = seq;
  summary.hash = hash;
}
