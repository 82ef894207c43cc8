import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { RecordRef } from './commit.ts';

export interface AuditLine extends RecordRef {
  record: AuditRecord;
}

/**
 * Why what lies in a place of the log can't be believed. `missing`: nothing lies there. `unreadable`: it is no record.
 * `altered`: its hash or its mac is of other bytes. `other-key`: nobody here has the key that it names. `moved`: it was
 * written for another place.
 */
export type Untrusted = 'missing' | 'unreadable' | 'altered' | 'other-key' | 'moved';

/** A record that was found and can't be shown. `unknown-…`: it is good, but this version does not know the event, or its detail. */
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
