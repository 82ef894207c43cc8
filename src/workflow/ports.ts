import type { AuditHead, AuditRecord } from '../domain/audit-record.ts';
import type { PolicyInForce } from '../domain/decide-request.ts';
import type { Groups, Person } from '../domain/policy.ts';
import type { ExecutionArn, TaskExecution } from '../domain/task-execution.ts';
import type { AuditEvent, ThrottleRequest } from '../domain/throttle-request.ts';
import type { AwsFault } from './faults.ts';

export interface Clock {
  now(): Date;
}

/** Work that follows a commit: done at least once, and made harmless to repeat. */
export type EffectKind = 'show' | 'result' | 'apply' | 'expire';

export interface Effect {
  kind: EffectKind;
  request: string;
}

/** The right to work on one effect. Whoever lost it must not write: each commit made under it carries it. */
export interface Claim {
  entry: string;
  consumer: string;
  deliveries: number;
}

export interface Work {
  effect: Effect;
  claim: Claim;
}

/** Work that commits left to be done, each piece claimed by one worker at a time. */
export interface Outbox {
  /** Resolves when work can be taken: Redis may be away, or emptied. */
  ready(signal: AbortSignal): Promise<void>;
  /** Up to `count` new pieces; waits up to 5 s for the first. Reaches a waiting worker at once. */
  take(count: number): Promise<Work[]>;
  /** Pieces whose workers are gone. */
  takeAbandoned(count: number): Promise<Work[]>;
  /** Keeps a claim from growing old. */
  renew(claim: Claim): Promise<void>;
  /** Done, or to be tried again at `again`. False where the claim was lost. */
  settle(work: Work, again: Date | null): Promise<boolean>;
  /** Puts due timers among the work. */
  releaseDue(): Promise<number>;
}

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
  /** Somebody else changed the request meanwhile: decide anew. */
  | { kind: 'moved' }
  /** Another request is open for the execution. */
  | { kind: 'already-open'; request: string };

export interface StoredRequest {
  request: ThrottleRequest;
  /** The last record of this request. */
  record: RecordRef;
}

export interface AuditLine extends RecordRef {
  record: AuditRecord;
}

/**
 * State and log in Redis.
 * @throws NotRecorded, OutcomeUnknown, LedgerLost, ClaimLost (see faults.ts)
 */
export interface Ledger {
  load(id: string): Promise<StoredRequest | null>;
  commit(change: Change): Promise<Committed>;
  /** What an operation did, if it was done before. */
  done(op: string): Promise<Repeated | null>;
  openRequestOf(executionArn: string): Promise<string | null>;
  /** Open requests, oldest first, at most `limit`. */
  openRequests(limit: number): Promise<StoredRequest[]>;
  /** Newest first. */
  lookUp(by: AuditIndex, limit: number): Promise<AuditLine[]>;
  head(): Promise<AuditHead | null>;
}

export type AuditIndex =
  | { kind: 'all' }
  | { kind: 'request'; id: string }
  | { kind: 'execution'; arn: string }
  | { kind: 'user'; team: string; user: string };

/** Under whose name AWS is asked. */
export interface Access {
  role: string | null;
  session: { kind: 'read' } | { kind: 'change'; request: string; team: string; user: string };
}

export interface ActiveExecution {
  arn: string;
  status: string;
  mode: string | null;
  taskName: string | null;
  /** null: could not be described in time */
  bytesPerSecond: number | null;
}

/** Where to look for executions, and under which role. */
export interface ListTarget {
  region: string;
  role: string | null;
}

interface FailedTarget extends ListTarget {
  fault: AwsFault;
}

/** @throws AwsFault */
export interface Executions {
  describe(execution: ExecutionArn, access: Access): Promise<TaskExecution>;
  update(execution: ExecutionArn, bytesPerSecond: number, access: Access): Promise<{ requestId: string | null }>;
  /** Running and queued executions; what can't be had in time is left out, a target that fails is named. */
  listActive(targets: readonly ListTarget[]): Promise<{ executions: ActiveExecution[]; failed: FailedTarget[] }>;
}

/** Who somebody is, now. */
export interface People {
  /** @throws PersonUnknown where Slack can't say */
  person(user: string): Promise<Person>;
  /** A group that Slack can't say is null. At most 10 s old. */
  groups(ids: readonly string[]): Promise<Groups>;
}

export type Postable = 'yes' | 'not-a-member' | 'archived' | 'not-found' | 'unknown';

export interface Channels {
  /** Can the bot post there? */
  postable(channel: string): Promise<Postable>;
}

export interface PolicySource {
  current(): PolicyInForce;
}

/** Where a request's message stands in Slack. */
export interface Card {
  channel: string;
  ts: string;
  /** The result in its thread, once posted. */
  resultTs: string | null;
}

export interface Cards {
  find(request: string): Promise<Card | null>;
  keep(request: string, card: Card): Promise<void>;
  /** One writer of a card at a time, over all bots. Null: another is at it. */
  lock(request: string): Promise<(() => Promise<void>) | null>;
}
