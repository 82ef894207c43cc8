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
