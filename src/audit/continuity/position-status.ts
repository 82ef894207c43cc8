import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { LossDetail } from '../../domain/audit/log-details.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { type AuditKey, hashRecord } from '../format/audit-chain.ts';
import type { LogPosition } from '../format/log-position.ts';
import { provesArchive } from '../log/archived-up-to.ts';
import { readLogState } from '../log/log-state.ts';
import { acceptedLossAt } from './accepted-loss-at.ts';

/** What became of a record that was once observed in the log. */
export type PositionStatus =
  /** It is in the log, or was archived. */
  | { kind: 'present'; head: AuditHead | null }
  /** It is missing, and a person accepted that: the log continues from `head`. */
  | { kind: 'accepted'; head: AuditHead }
  | { kind: 'lost'; head: AuditHead | null };

/**
 * Whether a record that was observed is still in the log, was archived, or was given up by a person. It reads the record
 * itself, since a log that was emptied may still have its head.
 */
export async function statusOf(
  redis: Connection,
  keys: Keys,
  position: LogPosition,
  auditKeys: readonly AuditKey[],
): Promise<PositionStatus> {
  const { head, losses, archivedUpTo, entry } = await readLogState(redis, keys, position.seq);
  const reachesIt = head !== null && head.log === position.log && head.seq >= position.seq;
  const isThere = entry?.bytes != null && hashRecord(entry.bytes).toString('hex') === position.hash;
  if (reachesIt && isThere) return { kind: 'present', head };
  if (reachesIt && archivedUpTo !== null && archivedUpTo.seq >= position.seq && head.seq > archivedUpTo.seq) {
    const now = await readLogState(redis, keys, archivedUpTo.by);
    // It was archived again between the two reads: another record proves it now.
    if (now.archivedUpTo?.by !== archivedUpTo.by) return statusOf(redis, keys, position, auditKeys);
    if (provesArchive(now.entry, archivedUpTo, auditKeys)) return { kind: 'present', head };
  }
  for (const { seq } of losses.filter((loss) => head !== null && loss.seq > position.seq)) {
    const accepted = await acceptedLossAt(redis, keys, seq, auditKeys);
    if (head && accepted && covers(accepted, position)) return { kind: 'accepted', head };
  }
  return { kind: 'lost', head };
}

function covers({ from, seen }: LossDetail, position: LogPosition): boolean {
  return seen.log === position.log && position.seq >= from && position.seq <= seen.seq;
}
