import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { AuditIndex, AuditLine, UnreadLine } from './audit-line.ts';
import type { Change, Committed, RecordRef, Repeated } from './commit.ts';

export interface StoredRequest {
  request: ThrottleRequest;
  /** The last record of this request. */
  record: RecordRef;
}

/** Whose limit stands on an execution. */
export interface InForce {
  request: string;
  /** Another one each time that the limit is set or reverted. */
  version: string;
}

/**
 * State and log in Redis.
 * @throws NotRecorded, OutcomeUnknown, LedgerLost, ClaimLost (see faults.ts)
 */
export interface Ledger {
  /** @throws RequestUnreadable where what is stored can't be read, besides the faults above */
  load(id: string): Promise<StoredRequest | null>;
  commit(change: Change): Promise<Committed>;
  /** What an operation did, if it was done before. */
  done(op: string): Promise<Repeated | null>;
  openRequestOf(executionArn: string): Promise<string | null>;
  /** All open requests that can be read, oldest first. */
  openRequests(): Promise<readonly StoredRequest[]>;
  /** The request that set the limit of this execution last; null: none did, or its run has ended. */
  inForceOf(executionArn: string): Promise<InForce | null>;
  /** The requests that can be read whose limits stand on executions that run, also those with a running timer (`hasOpenGrant`). */
  limitsInForce(): Promise<readonly StoredRequest[]>;
  /** The execution has ended: no limit is in force on it any more, unless `version` is another by now. */
  releaseExecution(executionArn: string, version: string): Promise<void>;
  /** Newest first. Each record is held against its own hash and mac. */
  lookUp(by: AuditIndex, limit: number): Promise<(AuditLine | UnreadLine)[]>;
  head(): Promise<AuditHead | null>;
}
