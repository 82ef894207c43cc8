import type { AuditLine, UnreadLine } from './audit-line.ts';

/** A query of the log; null: any. All conditions must hold. */
export interface AuditQuery {
  request: string | null;
  execution: string | null;
  /** `task-…` */
  task: string | null;
  /** Who requested, decided or tried to. */
  user: { team: string; user: string } | null;
  account: string | null;
  event: string | null;
  channel: string | null;
  /** ISO 8601, inclusive. */
  since: string | null;
  /** Exclusive. */
  until: string | null;
}

export const EVERYTHING: AuditQuery = {
  request: null,
  execution: null,
  task: null,
  user: null,
  account: null,
  event: null,
  channel: null,
  since: null,
  until: null,
};

/** Which page: the newest (`below` null), the one below a position, or the one above it. */
export type AuditTurn = { go: 'older'; below: number | null } | { go: 'newer'; above: number };

export interface AuditPage {
  /** Newest first. */
  lines: (AuditLine | UnreadLine)[];
  /** The next older page begins below this position; null: there is nothing older. */
  older: number | null;
  /** The next newer page begins above this position; null: there is nothing newer. */
  newer: number | null;
  /** How many records were read for this page. */
  read: number;
  /** Reading stopped at the maximum for one step, so there may be more. */
  stopped: boolean;
}
