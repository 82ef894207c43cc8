import type { Run } from '../../domain/run/run.ts';

/** The request that set the limit of an execution, or whose limit applies again. */
export interface InForce {
  request: string;
  /** Changes each time the limit is set or reverted. */
  version: string;
}

/** A run as it was loaded: the fold of its audit records. */
export interface StoredRun {
  execution: string;
  /** Null: the bot has not changed it. */
  run: Run | null;
  /** The version that Redis stores; null: none. It is lower than the run's where bots of older versions wrote records since. */
  storedVersion: number | null;
  /** No record after this one was folded into it. */
  lastSeq: number;
  /** Null: no request set a limit, or the execution has ended. */
  inForce: InForce | null;
}
