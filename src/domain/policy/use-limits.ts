/** Usage limits; counted over all bots. */
export interface Limits {
  /** Commands and submits of one person within 60 s. */
  perUser: number;
  /** Commands and submits of all people in one channel within 60 s. */
  perChannel: number;
  /** Open requests of one person: pending, or approved and not yet applied. */
  openPerUser: number;
}

export const DEFAULT_LIMITS: Limits = { perUser: 20, perChannel: 60, openPerUser: 5 };

/** How long a command or submit counts. */
export const USE_WINDOW_MS = 60_000;

/** Whether one more is allowed; if not, which limit is reached and in how many ms the next one will be allowed. */
export type Use =
  | { kind: 'counted' }
  | {
      kind: 'over';
      limit: 'perUser' | 'perChannel';
      waitMs: number;
      /**
       * Null: a refusal by the same limit was recorded less than a minute ago. Otherwise the operation key for
       * recording this one.
       */
      record: string | null;
    };

/** A command or submit beyond a limit. */
export interface OverUse {
  limit: 'perUser' | 'perChannel';
  most: number;
  /** Until the next one is allowed. */
  waitSeconds: number;
}
