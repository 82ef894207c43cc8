/**
 * Faults that a person must be told about in true words. They are thrown by the rooms that meet the world, and turned
 * into sentences by `slack/words.ts`.
 */

/** Redis did not take it, for certain: nothing was recorded. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

/** Redis does not answer a question: nothing was to be recorded by it. */
export class NotRead extends NotRecorded {}
/** Of something that may be left out while Redis is away. */
export function ifAway(fault: unknown): null {
  if (fault instanceof NotRecorded) return null;
  throw fault;
}

/** What came of a write that went silent. `refused`: what was recorded is that it was refused. */
export type Settled = 'recorded' | 'refused' | 'not-recorded';

/** Redis went silent in the middle of a write. `settled` tells, when Redis is back, what was recorded. */
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

/** The log in Redis is not the one that this process wrote to: something was lost. No more writing until a person says so. */
export class LedgerLost extends Error {
  override readonly name = 'LedgerLost';
}

/** This worker's claim on a piece of work has gone to another: it must not write. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Slack can't say who somebody is: nobody is let through. */
export class PersonUnknown extends Error {
  override readonly name = 'PersonUnknown';
}

/** What AWS, or the way to it, answered instead of the asked. */
export type AwsFaultKind =
  | 'throttled'
  | 'denied'
  /** A describe that the service refused as invalid: an unknown execution, or trouble that passes. */
  | 'not-found'
  /** It was not found for a long time, and AWS lists it no more (see absent-execution.ts). */
  | 'gone'
  | 'rejected'
  /** An update may have been carried out, as with `internal` and `not-aws`. */
  | 'no-answer'
  | 'internal'
  /** Something else answered in its place, with a page of its own: a proxy, a load balancer. */
  | 'not-aws'
  | 'credentials'
  /** The Region is not enabled for the account. */
  | 'region'
  /** The signature's time is too far from AWS's. */
  | 'clock'
  /** The name of AWS's host does not resolve. */
  | 'unresolved'
  /** The proxy lets nobody through, or is not there. */
  | 'proxy';

export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly kind: AwsFaultKind;
  /** IAM's name of the action, `datasync:UpdateTaskExecution` or `sts:AssumeRole`. */
  readonly operation: string;
  readonly requestId: string | null;
  readonly role: string | null;
  /** In the words of AWS, or of what kept from it: printable, at most 300 characters. Null where there were none. */
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
