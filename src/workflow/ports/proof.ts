import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';

/** Whether the audit log bears a stored state out. */
export type Proof =
  | { kind: 'proven' }
  /** It was changed after it was read: to be read again. */
  | { kind: 'moved' }
  /** Not known yet: the log is still being read, or a newer version wrote a record of it. */
  | { kind: 'waiting'; why: string }
  /** The log says otherwise. `why` is a sentence. */
  | { kind: 'contradicted'; why: string };

/**
 * Compares what is stored in Redis with what the audit records say, which nobody can write without a key. A stored state
 * that is not proven leads to no call of AWS and to no further record.
 * @throws NotRead
 */
export interface StateProof {
  /** `request`: what is stored under the id; null: nothing is. */
  prove(id: string, request: ThrottleRequest | null): Promise<Proof>;
  /**
   * Proves which request set the limit of an execution. `version`: of that limit, as read (`InForce.version`); `running`:
   * the stored state of the request that it names, null if it was not read.
   */
  proveInForce(execution: string, version: string | null, running: ThrottleRequest | null): Promise<Proof>;
}
