import type { AuditRecord } from '../../../domain/audit/audit-record.ts';
import type { RecordRef } from '../commit.ts';

export interface AuditLine extends RecordRef {
  record: AuditRecord;
}

/**
 * Why an entry of the log can't be trusted. `missing`: there is no entry at this position. `unreadable`: it is not a
 * record. `altered`: its hash or MAC does not match. `other-key`: the key it names is not configured. `moved`: it was
 * written for another position.
 */
export type Untrusted = 'missing' | 'unreadable' | 'altered' | 'other-key' | 'moved';

/**
 * A record that was found and can't be shown. `unknown-…`: it is intact, but this version does not know the event or
 * its detail.
 */
export interface UnreadLine {
  seq: number;
  record: null;
  why: Untrusted | 'unknown-event' | 'unknown-detail';
}

export type AuditIndex =
  | { kind: 'all' }
  | { kind: 'request'; id: string }
  | { kind: 'execution'; arn: string }
  | { kind: 'task'; task: string }
  | { kind: 'user'; team: string; user: string };
