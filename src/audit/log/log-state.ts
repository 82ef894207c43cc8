import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { type LogEntry, type RawEntry, toEntry } from '../format/log-entry.ts';
import type { LogPosition } from '../format/log-position.ts';

/** The last record that was archived. `by` and `at`: the place and the time of the record that says so. */
export interface ArchivedUpTo extends LogPosition {
  by: number;
  at: string;
}

export interface LogState {
  head: AuditHead | null;
  /** The places of accepted losses, and how many places each left empty. */
  losses: { seq: number; empty: number }[];
  archivedUpTo: ArchivedUpTo | null;
  /** The entry in the place that was asked for. */
  entry: LogEntry | null;
}

/** The head, the archive mark, the accepted losses and one place of the log, read in one transaction. */
export async function readLogState(redis: Connection, keys: Keys, seq: number): Promise<LogState> {
  const replies = await redis
    .multi()
    .hmget(keys.head, 'log', 'seq', 'hash', 'at')
    .hgetall(keys.losses)
    .hmget(keys.archivedUpTo, 'log', 'seq', 'hash', 'by', 'at')
    .xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`)
    .exec();
  const [head, losses, archived, entries] = (replies ?? []).map(([fault, reply]) => {
    if (fault) throw fault;
    return reply;
  });
  const [first] = entries as RawEntry[];
  return {
    head: toHead(head as (string | null)[]),
    losses: Object.entries(losses as Record<string, string>).map(([place, empty]) => ({
      seq: Number(place),
      empty: Number(empty),
    })),
    archivedUpTo: toArchivedUpTo(archived as (string | null)[]),
    entry: first ? toEntry(first) : null,
  };
}

function toHead([log, seq, hash, at]: (string | null)[]): AuditHead | null {
  return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
}

function toArchivedUpTo([log, seq, hash, by, at]: (string | null)[]): ArchivedUpTo | null {
  return log && seq && hash ? { log, seq: Number(seq), hash, by: Number(by), at: at ?? '' } : null;
}
