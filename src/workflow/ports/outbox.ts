/** The streams of work: what changes limits at AWS, and what people are shown. The first never waits for the second. */
export type StreamName = 'aws' | 'slack';

/** Every kind of work, and the stream that it lies in. It runs at least once, so repeating it must be harmless. */
export const STREAM_OF = {
  show: 'slack',
  result: 'slack',
  apply: 'aws',
  expire: 'aws',
  /** Reminds the approvers. */
  remind: 'slack',
  /** Reverts a limit whose time is over. */
  revert: 'aws',
  /** Posts notices about a limit in the thread. */
  tell: 'slack',
  /** Polls an execution until it ends. */
  watch: 'aws',
  /** Finds the executions of a link. */
  link: 'aws',
  /** Keeps an execution at what its link allows, until it ends. */
  member: 'aws',
} as const satisfies Record<string, StreamName>;

export type EffectKind = keyof typeof STREAM_OF;

/** Work that is about a request. */
export type RequestWork = Exclude<EffectKind, 'link' | 'member'>;

/** Work that follows a commit, or that goes on for as long as there is a link. */
export type Effect =
  | { kind: RequestWork; request: string }
  | { kind: 'link'; link: string }
  /** The ARN of the execution. */
  | { kind: 'member'; execution: string };

/** What a piece of work is about: the id of a request, the name of a link, or the ARN of an execution. */
export function subjectOf(effect: Effect): string {
  if (effect.kind === 'link') return effect.link;
  return effect.kind === 'member' ? effect.execution : effect.request;
}

/** The Region that it calls; null: that is not bounded by it. */
export function regionOf(effect: Effect): string | null {
  return effect.kind === 'member' ? (effect.execution.split(':')[3] ?? null) : null;
}

/**
 * The right to work on one effect. A worker that has lost it must not write, so each of its commits carries the claim.
 */
export interface Claim {
  stream: StreamName;
  entry: string;
  consumer: string;
  deliveries: number;
}

export interface Work {
  effect: Effect;
  claim: Claim;
}

/** How a piece of work ended for the worker that had it. */
export type Settled =
  | { kind: 'done' }
  /** Not finished: it runs again after so many seconds. */
  | { kind: 'again'; seconds: number }
  /** It was not begun: it is free for any worker after so many seconds. */
  | { kind: 'returned'; seconds: number }
  /** Something that it needs is away. It is tried again, however long that takes. */
  | { kind: 'outage' }
  /** It failed by itself. It is tried again; after too many times in a row it becomes a dead letter. */
  | { kind: 'failed'; why: string }
  /** Only a newer bot can do it. It is kept for one for a day, and becomes a dead letter then. */
  | { kind: 'left'; why: string };

/** What became of it. `lost`: another worker has the claim by now, who will settle it. */
export type Settlement = { kind: 'done' } | { kind: 'waits'; seconds: number } | { kind: 'dead' } | { kind: 'lost' };

/** One stream of work that follows from commits, each piece claimed by one worker at a time. */
export interface Outbox {
  /** Resolves when work can be taken: Redis may be unavailable, or empty. */
  ready(signal: AbortSignal): Promise<void>;
  /**
   * Up to `count` new pieces; waits up to 5 s for the first. New work wakes a waiting worker at once. What belongs elsewhere
   * or can't be read is put where it belongs, and is not among them.
   */
  take(count: number): Promise<Work[]>;
  /** Pieces whose workers have stopped. */
  takeAbandoned(count: number): Promise<Work[]>;
  /** Extends a claim. */
  renew(claim: Claim): Promise<void>;
  settle(work: Work, settled: Settled): Promise<Settlement>;
  /** Gives up what no worker was given yet, so that bots that don't read this stream can do it: for a stop. */
  handBack(): Promise<void>;
}

/** Work that is due later. */
export interface Timers {
  /** Moves due work to its stream. @returns how much was moved */
  releaseDue(): Promise<number>;
  /** Sets those timers that are not set. @returns how many these were */
  ensure(timers: readonly { effect: Effect; at: Date }[]): Promise<number>;
}

/** Work that failed too often, or that nobody can read. A person looks at it, and can have it tried again. */
export interface DeadLetter {
  id: string;
  at: Date;
  /** The effect as it was stored, which may be anything. */
  text: string;
  why: string;
}
