/** How much people may do here; together over all bots. */
export interface Limits {
  /** Commands and submits of one person in any 60 s. */
  perUser: number;
  /** Those of everybody in one channel. */
  perChannel: number;
  /** Requests of one person that are pending, or approved and not yet applied. */
  openPerUser: number;
}

export const DEFAULT_LIMITS: Limits = { perUser: 20, perChannel: 60, openPerUser: 5 };

/** How long a use counts. */
export const USE_WINDOW_MS = 60_000;

/** Whether one more use fits; where it does not, which limit is reached and in how many ms the next one would fit. */
export type Use =
  | { kind: 'counted' }
  | {
      kind: 'over';
      limit: 'perUser' | 'perChannel';
      waitMs: number;
      /** Null: a refusal by the same limit was put on record less than a minute ago. Else the operation to record it under. */
      record: string | null;
    };

/** What is typed or submitted beyond a limit. */
export interface OverUse {
  limit: 'perUser' | 'perChannel';
  most: number;
  /** Until one more fits. */
  waitSeconds: number;
}
