import type { AuditPage, AuditQuery, AuditTurn } from './audit-query.ts';

interface AuditVerdict {
  verdict: 'ok' | 'fault' | 'unknown';
  why: string;
}

export interface AuditVerdicts {
  integrity: AuditVerdict;
  completeness: AuditVerdict;
  authenticity: AuditVerdict;
  /** Something is wrong; `firstBad` null: not with a particular record. */
  faulty: boolean;
  firstBad: number | null;
}

/** An export in a file on this machine; `remove` deletes it. */
export interface ExportedFile {
  path: string;
  bytes: number;
  count: number;
  first: number | null;
  last: number | null;
  remove(): Promise<void>;
}

/** The audit log for its readers. @throws NotRecorded, LedgerLost */
export interface AuditReader {
  /** Why the bot has stopped writing to the log; null while it writes. */
  lost(): Error | null;
  page(query: AuditQuery, turn: AuditTurn, size: number): Promise<AuditPage>;
  /** Concurrent callers share one run. */
  verify(): Promise<AuditVerdicts>;
  /**
   * Exports the log; recorded first, with `by` and `channel`. Null while another export is being made, or if too many
   * files are not removed yet.
   */
  export(
    since: Date | null,
    by: { team: string; user: string; name: string },
    channel: string | null,
  ): Promise<ExportedFile | null>;
}
