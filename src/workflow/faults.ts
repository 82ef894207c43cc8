/** Faults that a person must be told about. Adapters throw them, and `slack/` turns them into messages. */

/** Redis certainly did not record it. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

/** Redis does not answer a read; there was nothing to record. */
export class NotRead extends NotRecorded {}
/** For `catch`, where a result may be left out while Redis is away. */
export function ifAway(fault: unknown): null {
  if (fault instanceof NotRecorded) return null;
  throw fault;
}

/**
 * The stored state of one request is none that this version can read. It may come from a newer version, or somebody changed
 * it. Nothing is decided by it.
 */
export class RequestUnreadable extends Error {
  override readonly name = 'RequestUnreadable';
  readonly request: string;

  constructor(request: string, cause: unknown) {
    super(`the stored state of ${request} can't be read`, { cause });
    this.request = request;
  }
}

/**
 * The records of a run are none that this version can fold: one is missing, altered or of a newer version. Nothing is decided
 * by it.
 */
export class RunUnreadable extends Error {
  override readonly name = 'RunUnreadable';
  readonly execution: string;

  constructor(execution: string, why: string, cause?: unknown) {
    super(`the records of ${execution} can't be read: ${why}`, { cause });
    this.execution = execution;
  }
}

/**
 * The audit log does not bear out the stored state that a decision rests on, so nothing is decided by it. `waiting`: that
 * is not known yet, so it may be tried again soon.
 */
export class StateUnproven extends Error {
  override readonly name = 'StateUnproven';
  /** The request, or the execution. */
  readonly about: string;
  readonly waiting: boolean;

  constructor(about: string, { kind, why }: { kind: 'waiting' | 'contradicted'; why: string }) {
    super(`${about}: ${why}`);
    this.about = about;
    this.waiting = kind === 'waiting';
  }
}

/** For `catch`, where a request or a run that can't be read may be left out. */
export function ifUnreadable(fault: unknown): null {
  if (fault instanceof RequestUnreadable || fault instanceof RunUnreadable) return null;
  throw fault;
}

/** The outcome of a write that Redis did not answer. `refused`: a refusal was recorded. */
export type Settled = 'recorded' | 'refused' | 'not-recorded';

/** Redis did not answer a write. `settled` tells what was recorded, once Redis is back. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
  readonly op: string;
  readonly settled: Promise<Settled>;

  constructor(op: string, settled: Promise<Settled>, cause: unknown) {
    super(`it is not known yet whether ${op} was recorded`, { cause });
    this.op = op;
    this.settled = settled;
  }
}

/**
 * The log in Redis is not the one that this process wrote to: records may be lost. Nothing is written until a person
 * accepts that.
 */
export class LedgerLost extends Error {
  override readonly name = 'LedgerLost';
}

/** Another worker has taken over this piece of work: this one must not write. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Slack can't say who somebody is, so they may do nothing. */
export class PersonUnknown extends Error {
  override readonly name = 'PersonUnknown';
}

/** Why AWS did not answer as expected, or could not be reached. */
export type AwsFaultKind =
  | 'throttled'
  | 'denied'
  /** The service rejected a describe as invalid: an unknown execution, or a fault that passes. */
  | 'not-found'
  /** Not found for a long time, and AWS no longer lists it as running (see execution-not-found.ts). */
  | 'gone'
  | 'rejected'
  /** An update may have been carried out, as with `internal` and `not-aws`. */
  | 'no-answer'
  | 'internal'
  /** A proxy or load balancer answered instead, with a page of its own. */
  | 'not-aws'
  | 'credentials'
  /** The Region is not enabled for the account. */
  | 'region'
  /** The signature's time is too far from AWS's. */
  | 'clock'
  /** The name of AWS's host does not resolve. */
  | 'unresolved'
  /** The proxy refuses, or can't be reached. */
  | 'proxy';

export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly kind: AwsFaultKind;
  /** IAM's name of the action, `datasync:UpdateTaskExecution` or `sts:AssumeRole`. */
  readonly operation: string;
  readonly requestId: string | null;
  readonly role: string | null;
  /** The message of AWS or of the network fault: printable, at most 300 characters. Null if there was none. */
  readonly said: string | null;

  constructor(
    kind: AwsFaultKind,
    about: {
      operation: string;
      requestId?: string | null;
      role?: string | null;
      said?: string | null;
      cause?: unknown;
    },
  ) {
    super(`${about.operation}: ${kind}${about.said ? `: ${about.said}` : ''}`, { cause: about.cause });
    this.kind = kind;
    this.operation = about.operation;
    this.requestId = about.requestId ?? null;
    this.role = about.role ?? null;
    this.said = about.said ?? null;
  }
}
