import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Claim, Effect, EffectKind } from './outbox.ts';

/** One atomic write: all of it or nothing. */
export interface Change {
  /** The operation key: a second commit with it returns `repeated`. */
  op: string;
  /** The request that the decision was based on; null for a new one, or if no request's state changes. */
  prior: ThrottleRequest | null;
  events: AuditEvent[];
  /** The request's effects to run at once. */
  effects?: EffectKind[];
  /** The request's effects to run later. A later one of the same kind replaces it. */
  timers?: { kind: EffectKind; at: Date }[];
  /** Effects of other requests to run at once. */
  others?: Effect[];
  /**
   * The version of the execution's limit that the decision was based on (`InForce.version`). The result is `moved` if
   * it is another one now, or if another request's change is on its way to AWS. `running`: the request that the
   * decision also depended on, with its version; `moved` if that has changed.
   */
  expected?: { inForce: string | null; running?: { id: string; version: number } | null } | undefined;
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
  | { kind: 'committed'; state: ThrottleRequest | null; records: RecordRef[] }
  | Repeated
  /** The request, or what was `expected` of others, has changed meanwhile: decide again. */
  | { kind: 'moved' }
  /** Another request is open for the execution. */
  | { kind: 'already-open'; request: string };
