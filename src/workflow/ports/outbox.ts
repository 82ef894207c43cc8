/** Work that follows a commit. It runs at least once, so repeating it must be harmless. */
export type EffectKind =
  | 'show'
  | 'result'
  | 'apply'
  | 'expire'
  /** Reminds the approvers. */
  | 'remind'
  /** Reverts a limit whose time is over. */
  | 'revert'
  /** Posts notices about a limit in the thread. */
  | 'tell'
  /** Polls an execution until it ends. */
  | 'watch';

export interface Effect {
  kind: EffectKind;
  request: string;
}

/**
 * The right to work on one effect. A worker that has lost it must not write, so each of its commits carries the claim.
 */
export interface Claim {
  entry: string;
  consumer: string;
  deliveries: number;
}

export interface Work {
  effect: Effect;
  claim: Claim;
}

/** Work that follows from commits, each piece claimed by one worker at a time. */
export interface Outbox {
  /** Resolves when work can be taken: Redis may be unavailable, or empty. */
  ready(signal: AbortSignal): Promise<void>;
  /** Up to `count` new pieces; waits up to 5 s for the first. New work wakes a waiting worker at once. */
  take(count: number): Promise<Work[]>;
  /** Pieces whose workers have stopped. */
  takeAbandoned(count: number): Promise<Work[]>;
  /** Extends a claim. */
  renew(claim: Claim): Promise<void>;
  /** Done, or to be tried again at `again`. False if the claim was lost. */
  settle(work: Work, again: Date | null): Promise<boolean>;
  /** Moves due timers to the work that can be taken. */
  releaseDue(): Promise<number>;
}
