import type { AuditPage, AuditQuery, AuditTurn } from './audit-query.ts';

interface AuditVerdict {
  verdict: 'ok' | 'fault' | 'unknown';
  why: string;
}

export interface AuditVerdicts {
  integrity: AuditVerdict;
  completeness: AuditVerdict;
  authenticity: AuditVerdict;
  /** Something is wrong; `firstBad` null: with no record in particular. */
  faulty: boolean;
  firstBad: number | null;
}

/** An export that lies in a file of this machine until `remove`. */
export interface ExportedFile {
  path: string;
  bytes: number;
  count: number;
  first: number | null;
  last: number | null;
  remove(): Promise<void>;
}

/** The audit log as its readers use it. @throws NotRecorded, LedgerLost */
export interface AuditReader {
  /** Why nothing is written any more; null while it is. */
  lost(): Error | null;
  page(query: AuditQuery, turn: AuditTurn, size: number): Promise<AuditPage>;
  /** Who asks while it is under way shares the verdict. */
  verify(): Promise<AuditVerdicts>;
  /**
   * On record first, with `by` and `channel`. Null while another is being made, or where too many files are not removed
   * yet.
   */
  export(
    since: Date | null,
    by: { team: string; user: string; name: string },
    channel: string | null,
  ): Promise<ExportedFile | null>;
}
