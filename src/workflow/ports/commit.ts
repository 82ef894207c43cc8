import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { StoredLink } from './links/stored-link.ts';
import type { Claim, Effect, RequestWork } from './outbox.ts';
import type { StoredRun } from './stored-run.ts';

/** One atomic write: all of it or nothing. */
export interface Change {
  /** The operation key: a second commit with it returns `repeated`. */
  op: string;
  /** The request that the decision was based on; null for a new one, or if no request's state changes. */
  prior: ThrottleRequest | null;
  events: readonly AuditEvent[];
  /** What happens to other requests in the same write. Their events come after `events`. */
  along?: readonly { prior: ThrottleRequest; events: readonly AuditEvent[] }[];
  /**
   * The run that the decision was based on, as it was loaded; required if an event concerns the run's limit. The result is
   * `moved` if it has changed since.
   */
  run?: StoredRun | undefined;
  /** The link that the decision was based on, as it was loaded; required if an event is about what is due for it. */
  link?: StoredLink | undefined;
  /** The request's effects to run at once. */
  effects?: RequestWork[];
  /** The request's effects to run later. A later one of the same kind replaces it. */
  timers?: { kind: RequestWork; at: Date }[];
  /** Effects of other requests, or of the execution itself, to run at once. */
  others?: Effect[];
  claim?: Claim | undefined;
}

export interface RecordRef {
  seq: number;
  hash: string;
}

/** This operation was done before: its result then. */
export interface Repeated {
  kind: 'repeated';
  request: string | null;
  records: RecordRef[];
  event: string;
}

export type Committed =
  /** `run`: as it is now; null if no run was given. */
  | { kind: 'committed'; state: ThrottleRequest | null; run: StoredRun | null; records: RecordRef[] }
  | Repeated
  /** A request or the run has changed meanwhile: decide again. */
  | { kind: 'moved' }
  /** Another request is open for the execution. */
  | { kind: 'already-open'; request: string };
