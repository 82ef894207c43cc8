import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Claim, Effect, EffectKind } from './outbox.ts';

/** One atomic write: all of it or nothing. */
export interface Change {
  /** The operation key: a second commit under it answers `repeated`. */
  op: string;
  /** The request as it was when this was decided; null for a new one, or where no request's state changes. */
  prior: ThrottleRequest | null;
  events: AuditEvent[];
  /** Effects of the request, to be done at once. */
  effects?: EffectKind[];
  /** Effects of the request, to be done later. A later one of the same kind replaces it. */
  timers?: { kind: EffectKind; at: Date }[];
  /** Work for other requests, to be done at once. */
  others?: Effect[];
  /**
   * Whose limit was in force on the execution when this was decided (`InForce.version`). `moved` where that is another now,
   * or where another request's change is on its way to AWS. `running`: the request whose time ran then, where it was decided
   * by that too; `moved` where it has another version now.
   */
  expected?: { inForce: string | null; running?: { id: string; version: number } | null } | undefined;
  claim?: Claim | undefined;
}

export interface RecordRef {
  seq: number;
  hash: string;
}

/** This operation is done already: what it did then. */
export interface Repeated {
  kind: 'repeated';
  request: string | null;
  records: RecordRef[];
  event: string;
}

export type Committed =
  | { kind: 'committed'; state: ThrottleRequest | null; records: RecordRef[] }
  | Repeated
  /** Somebody else changed the request, or what was `expected` of others, meanwhile: decide anew. */
  | { kind: 'moved' }
  /** Another request is open for the execution. */
  | { kind: 'already-open'; request: string };
