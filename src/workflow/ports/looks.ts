import type { LookUnder } from '../../domain/execution/watch-pace.ts';

/** The last progress that polling has read of an execution, for the measured speed. */
export interface Look extends LookUnder {
  /** Bytes per second between this read and the one before, under the current limit; null if unknown. */
  measured: number | null;
}

/** Neither audit nor state: if it is lost, the next two reads restore it. */
export interface Looks {
  last(executionArn: string): Promise<Look | null>;
  keep(executionArn: string, look: Look): Promise<void>;
}
