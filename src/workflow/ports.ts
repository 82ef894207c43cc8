import type { Absence } from '../domain/execution/absence.ts';
import type { AuditEvent } from '../domain/audit/audit-event.ts';
import type { AuditHead, AuditRecord } from '../domain/audit/audit-record.ts';
import type { PolicyInForce } from '../domain/policy/policies-in-force.ts';
import type { Groups, Person } from '../domain/policy/policy.ts';
import type { ExecutionArn, TaskExecution } from '../domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../domain/request/throttle-request.ts';
import type { LookUnder } from '../domain/execution/watch-pace.ts';
import type { AwsFault } from './faults.ts';

export interface Clock {
  now(): Date;
}

/** Work that follows a commit: done at least once, and made harmless to repeat. */
export type EffectKind =
  | 'show'
  | 'result'
  | 'apply'
  | 'expire'
  /** Reminds the approvers. */
  | 'remind'
  /** Sets a limit back whose time is over. */
  | 'revert'
  /** Says in the thread what has come of a limit in force, or is about to. */
  | 'tell'
  /** Follows an execution to its end. */
  | 'watch';

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
  /** Work for other requests, to be done at once. */
  others?: Effect[];
  /**
   * Whose limit was in force on the execution when this was decided (`InForce.version`). `moved` where that is another now,
   * or where another request's change is on its way to AWS. `running`: the request whose time ran then, where it was decided
   * by that too; `moved` where it has another version now.
   */
  expected?: { inForce: string | null; running?: { id: string; version: number } | null };
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

export interface AuditLine extends RecordRef {
  record: AuditRecord;
}

/**
 * Why what lies in a place of the log can't be believed. `missing`: nothing lies there. `unreadable`: it is no record.
 * `altered`: its hash or its mac is of other bytes. `other-key`: nobody here has the key that it names. `moved`: it was
 * written for another place.
 */
export type Untrusted = 'missing' | 'unreadable' | 'altered' | 'other-key' | 'moved';

/** A record that was found and can't be shown. `unknown-…`: it is good, but this version does not know the event, or its detail. */
export interface UnreadLine {
  seq: number;
  record: null;
  why: Untrusted | 'unknown-event' | 'unknown-detail';
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
  /** All open requests, oldest first. */
  openRequests(): Promise<readonly StoredRequest[]>;
  /** The request that set the limit of this execution last; null: none did, or its run has ended. */
  inForceOf(executionArn: string): Promise<InForce | null>;
  /** The requests whose limits stand on executions that run, those with a running timer among them (`isHeld`). */
  limitsInForce(): Promise<readonly StoredRequest[]>;
  /** The execution has ended: no limit is in force on it any more, unless `version` is another by now. */
  releaseExecution(executionArn: string, version: string): Promise<void>;
  /** Newest first. Each record is held against its own hash and mac. */
  lookUp(by: AuditIndex, limit: number): Promise<(AuditLine | UnreadLine)[]>;
  head(): Promise<AuditHead | null>;
}

export type AuditIndex =
  | { kind: 'all' }
  | { kind: 'request'; id: string }
  | { kind: 'execution'; arn: string }
  | { kind: 'task'; task: string }
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
  /** It has not answered yet, and may still. */
  pending: boolean;
}

export interface ActiveList {
  executions: ActiveExecution[];
  /** Where nothing, or not all, could be seen. */
  failed: FailedTarget[];
}

/** @throws AwsFault */
export interface Executions {
  describe(execution: ExecutionArn, access: Access): Promise<TaskExecution>;
  update(execution: ExecutionArn, bytesPerSecond: number, access: Access): Promise<{ requestId: string | null }>;
  /**
   * Running and queued executions, at most 15 s old; what can't be had within `withinMs` is left out, a target that fails
   * is named. Without `details` none is described, so that it costs a few calls however many there are.
   */
  listActive(targets: readonly ListTarget[], options?: { details?: boolean; withinMs?: number }): Promise<ActiveList>;
  /**
   * The status that ListTaskExecutions has for an execution; null where no page of its account lists it.
   * @throws AwsFault where not all pages could be read, or they were those of another account
   */
  listedStatus(execution: ExecutionArn, role: string | null): Promise<string | null>;
  /** Looks at executions of the last list, at most 15 s old; one that can't be had within `withinMs` is left out. */
  lookAtActive(arns: readonly string[], withinMs: number): Promise<ReadonlyMap<string, TaskExecution>>;
}

/** Who somebody is, now. */
export interface People {
  /** @throws PersonUnknown where Slack can't say */
  person(user: string): Promise<Person>;
  /**
   * The same, minutes old at most: to count and to name people, and never to let anybody do anything.
   * @throws PersonUnknown where Slack can't say
   */
  lately(user: string): Promise<Person>;
  /** Whether `lately` would answer without asking Slack. */
  remembers(user: string): boolean;
  /** At most 10 s old. */
  groups(ids: readonly string[]): Promise<Groups>;
  /** The same, a minute old at most: for what is only shown. */
  groupsLately(ids: readonly string[]): Promise<Groups>;
}

export type Postable =
  | 'yes'
  /** Yes, and people of other organizations are in it, or are invited (Slack Connect). */
  | 'shared'
  | 'not-a-member'
  | 'archived'
  | 'not-found'
  /** A conversation of some people, where nobody else would see it. */
  | 'direct'
  /** Not until the app is granted this scope. */
  | { missingScope: string }
  | 'unknown';

export interface Channels {
  /** Can the bot post there? */
  postable(channel: string): Promise<Postable>;
  /** Whether not every full member can see it; minutes old at most. True where Slack can't say. */
  isPrivate(channel: string): Promise<boolean>;
}

export interface PolicySource {
  /** For what is shown: what other bots run is as it was heard last. */
  current(): PolicyInForce;
  /**
   * For what is decided and applied: what other bots run is read now, and theirs read this one's.
   * @throws NotRecorded where Redis does not answer
   */
  counting(): Promise<PolicyInForce>;
}

/** What the watch saw of an execution last, for the measured rate. */
export interface Look extends LookUnder {
  /** Bytes per second between this look and the one before, under this one's limit; null where that can't be told. */
  measured: number | null;
}

/** No audit, no state: lost, the next two looks make up for it. */
export interface Looks {
  last(executionArn: string): Promise<Look | null>;
  keep(executionArn: string, look: Look): Promise<void>;
}

/** What was acknowledged to people and is not done yet, by entries that a bot made of it. */
export interface UnfinishedStore {
  begin(entry: string): Promise<void>;
  /** The bot that has them in hand lives. Asks Redis, be there none. */
  renew(entries: readonly string[]): Promise<void>;
  end(entry: string): Promise<void>;
  /** Those of which nothing was heard for so long: each is given to one bot alone, which is to end it within that time. */
  takeStale(staleMs: number, most: number): Promise<string[]>;
}

/** Executions that AWS does not find just now, over all bots. */
export interface Absences {
  /** It was looked for and not found: since when, and how often by now. @throws NotRecorded */
  note(executionArn: string, at: Date): Promise<Absence>;
  /** AWS knows it. @throws NotRecorded */
  end(executionArn: string): Promise<void>;
}

/** Where a request's message stands in Slack. */
export interface Card {
  channel: string;
  ts: string;
  /** The result in its thread, once posted. */
  resultTs: string | null;
}

/** A message that was posted again, or found to stand there: another one of it may come to light. */
export interface Doubt {
  /** Names it among the messages of its request. */
  what: string;
  channel: string;
  thread: string | null;
  /** Where the one is that counts. */
  ts: string;
  /** The first try, and the last. */
  since: string;
  at: string;
}

export interface Cards {
  find(request: string): Promise<Card | null>;
  keep(request: string, card: Card): Promise<void>;
  /** Keeps the result alone: the card may have been posted anew meanwhile. */
  keepResult(request: string, ts: string): Promise<void>;
  /** Whether a word was said in the card's thread already; `kept` that it was. */
  said(request: string, word: string): Promise<boolean>;
  kept(request: string, word: string): Promise<void>;
  /** On record before a message is posted: since when it has been tried; null where this is the first try. */
  trying(request: string, what: string, now: Date): Promise<Date | null>;
  /** Where it stands is kept, or it is certain not to stand there. */
  tried(request: string, what: string): Promise<void>;
  doubt(request: string, doubt: Doubt): Promise<void>;
  doubts(request: string): Promise<Doubt[]>;
  /** It was looked for another one. */
  settled(request: string, what: string): Promise<void>;
  /** Slack said no to a message with this error once more: how often in a row, and for how long. */
  refused(request: string, error: string, now: Date): Promise<{ times: number; seconds: number }>;
  /** One writer of a card at a time, over all bots, and one of its result beside it. Null: another is at it. */
  lock(request: string, part?: CardPart): Promise<CardLock | null>;
}

export type CardPart = 'card' | 'result';

/** Called, it is given up. Until then it lasts, unless this process stands still. */
interface CardLock {
  (): Promise<void>;
  /**
   * Whether it lasts still: to be asked before each message.
   * @throws NotRecorded where Redis can't say
   */
  isHeld(): Promise<boolean>;
}
