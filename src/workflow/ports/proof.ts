import type { StoredRun } from './stored-run.ts';

/** Why a stored state leads to no call of AWS and to no further record. */
export type Unproven =
  /** Not known yet: the log is still being read, or a newer version wrote a record of it. */
  | { kind: 'waiting'; why: string }
  /** The log says otherwise. `why` is a sentence. */
  | { kind: 'contradicted'; why: string };

/**
 * A stored state that the audit log bears out, or why it does not. It was compared with what the audit records say, which nobody
 * can write without a key, at the moment at which it was read.
 */
export type Proven<T> = { kind: 'proven'; stored: T } | Unproven;

/** `moved`: it was changed while it was read, and has to be read again. */
export type ProvenRun = Proven<StoredRun> | { kind: 'moved' };
