import type { AuditLine, UnreadLine } from './audit-line.ts';

/** What is looked for in the log; null: any. All of it must hold. */
export interface AuditQuery {
  request: string | null;
  execution: string | null;
  /** `task-…` */
  task: string | null;
  /** Who asked, decided or tried to. */
  user: { team: string; user: string } | null;
  account: string | null;
  event: string | null;
  channel: string | null;
  /** ISO 8601: the first moment that is in. */
  since: string | null;
  /** The first moment that is out. */
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

/** Which page: the newest (`below` null), the one below a place, or the one above it. */
export type AuditTurn = { go: 'older'; below: number | null } | { go: 'newer'; above: number };

export interface AuditPage {
  /** Newest first. */
  lines: (AuditLine | UnreadLine)[];
  /** Where the next older page begins: below this place; null: there is nothing older. */
  older: number | null;
  /** Where the next newer page begins: above this place; null: there is nothing newer. */
  newer: number | null;
  /** How many records were read for it. */
  read: number;
  /** Reading ended at the most that one step may read: there may be more. */
  stopped: boolean;
}
