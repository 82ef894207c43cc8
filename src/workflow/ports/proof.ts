import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { StoredRun } from './stored-run.ts';

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
 * @throws NotRead, LedgerLost
 */
export interface StateProof {
  /** `request`: what is stored under the id; null: nothing is. */
  prove(id: string, request: ThrottleRequest | null): Promise<Proof>;
  /** The same for a run, as it was loaded. */
  proveRun(stored: StoredRun): Promise<Proof>;
}
