import type { LookUnder } from '../../domain/execution/watch-pace.ts';

/** What the watch saw of an execution last, for the measured rate. */
export interface Look extends LookUnder {
  /** Bytes per second between this look and the one before, under this one's limit; null where that can't be told. */
  measured: number | null;
}

/** No audit, no state: lost, the next two looks make up for it. */
export interface Looks {
  last(executionArn: string): Promise<Look | null>;
  keep(executionArn: string, look: Look): Promise<void>;
}
