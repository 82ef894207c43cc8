import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { AuditIndex, AuditLine, UnreadLine } from './audit/audit-line.ts';
import type { Change, Committed, RecordRef, Repeated } from './commit.ts';
import type { StoredLink } from './links/stored-link.ts';
import type { Proven, ProvenRun } from './proof.ts';
import type { InForce, StoredRun } from './stored-run.ts';

export interface StoredRequest {
  request: ThrottleRequest;
  /** The request's last record. */
  record: RecordRef;
}

/**
 * Request states and audit log in Redis.
 * @throws NotRecorded, OutcomeUnknown, LedgerLost, ClaimLost (see faults.ts)
 */
export interface Ledger {
  /** @throws RequestUnreadable where what is stored can't be read, besides the faults above */
  load(id: string): Promise<StoredRequest | null>;
  /** The same, compared with the audit log: what is decided must rest on no other. @throws RequestUnreadable */
  prove(id: string): Promise<Proven<StoredRequest | null>>;
  commit(change: Change): Promise<Committed>;
  /** The result of an operation, if it was done before. */
  done(op: string): Promise<Repeated | null>;
  openRequestOf(executionArn: string): Promise<string | null>;
  /** All open requests that can be read, oldest first. */
  openRequests(): Promise<readonly StoredRequest[]>;
  /**
   * The run of this execution, folded from its audit records up to the newest.
   * @throws RunUnreadable where a record is missing, altered or of a newer version, besides the faults above
   */
  run(executionArn: string): Promise<StoredRun>;
  /** The same, compared with the audit log. @throws RunUnreadable */
  proveRun(executionArn: string): Promise<ProvenRun>;
  /** What is on record of a link. */
  link(name: string): Promise<StoredLink>;
  /** The request that last set the limit of this execution; null: none did, or the execution has ended. */
  inForceOf(executionArn: string): Promise<InForce | null>;
  /** The requests that set the limits of active executions and can be read; some of these limits have an end (`hasOpenGrant`). */
  limitsInForce(): Promise<readonly StoredRequest[]>;
  /** The execution has ended, so no request has set its limit any more, unless `version` has changed. */
  releaseExecution(executionArn: string, version: string): Promise<void>;
  /** Newest first. Each record is verified against its own hash and MAC. */
  lookUp(by: AuditIndex, limit: number): Promise<(AuditLine | UnreadLine)[]>;
  head(): Promise<AuditHead | null>;
}
