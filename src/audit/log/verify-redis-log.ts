import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type LogEntry, recordOf } from '../format/log-entry.ts';
import type { Unverified } from '../verify/chain-check.ts';
import type { KnownCheckpoint } from '../verify/checkpoint-check.ts';
import type { Fault } from '../verify/verdict.ts';
import { type LogPart, type Verification, verifyParts } from '../verify/verify-log.ts';
import { type LogSnapshot, readEntries, readSnapshot } from './audit-entries.ts';
import { createIndexCheck, withIndexes } from './audit-index-check.ts';

/** Opens the archives of the log, in the order of their records. Each call opens them again. */
export type OpenArchives = () => Promise<LogPart[]>;

/** Checks the log in Redis and its look-up indexes, up to where it ended at the start of the check. Null: there is none. */
export async function verifyRedisLog(...of: Parameters<typeof verifyRecords>): Promise<Verification | null> {
  const found = await verifyRecords(...of);
  if (found === null || found.records.integrity.verdict === 'fault') return found?.records ?? null;
  return withIndexes(found.records, found.indexes);
}

/**
 * The records and the look-up indexes, each by itself. Indexes can be checked only against records that are sound: null also
 * where those are not.
 */
export async function verifyRecords(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
  openArchives: OpenArchives = async () => [],
): Promise<{ records: Verification; indexes: Fault | null } | null> {
  for (;;) {
    const snapshot = await readSnapshot(redis, keys);
    const archives = await openArchives();
    if (!snapshot.head && !snapshot.ends && !checkpoints && archives.length === 0) return null;
    const indexes = createIndexCheck(redis, keys, snapshot);
    const parts = [...fromArchive(archives), redisPart(redis, keys, snapshot, archives.length > 0, indexes.add)];
    const records = await verifyParts(parts, auditKeys, checkpoints);
    const isSound = records.integrity.verdict !== 'fault';
    const found = { records, indexes: isSound ? await indexes.found() : null };
    if (!records.faulty && found.indexes === null) return found;
    // Records that were archived during the check are not missing: check again.
    const { archivedUpTo } = await readSnapshot(redis, keys);
    if (archivedUpTo?.seq === snapshot.archivedUpTo?.seq) return found;
  }
}

/** Archives that begin within the log: a record has to say that the part before them was archived too. */
function fromArchive(archives: LogPart[]): LogPart[] {
  const [first, ...rest] = archives;
  const claim = first?.head.claim;
  if (!first || !claim?.first || claim.first === 1) return archives;
  const archivedUpTo = { seq: claim.first - 1, hash: null };
  return [{ ...first, head: { ...first.head, claim: { ...claim, archivedUpTo } } }, ...rest];
}

function redisPart(
  redis: Connection,
  keys: Keys,
  { head, ends, archivedUpTo }: LogSnapshot,
  archived: boolean,
  onPage: (page: readonly LogEntry[]) => void,
): LogPart {
  const claim = head && {
    log: head.log,
    first: (archivedUpTo?.seq ?? 0) + 1,
    last: head.seq,
    hash: head.hash,
    count: null,
    archivedUpTo,
  };
  const lost = archived ? 'the last record is never archived: what came after these is lost' : 'there was one';
  const absence = ends ? {} : { absence: `Redis holds no log, and ${lost}` };
  const partHead = { name: 'the head in Redis', claim, signature: null, ...absence };
  // Only up to where the log ended in the snapshot: a bot may write more.
  const pages = ends ? readEntries(redis, keys, { from: ends.first, to: ends.last }) : none();
  return { head: partHead, records: fromEntries(pages, onPage) };
}

async function* none(): AsyncGenerator<LogEntry[]> {}

async function* fromEntries(
  pages: AsyncIterable<LogEntry[]>,
  onPage: (page: readonly LogEntry[]) => void,
): AsyncGenerator<Unverified[]> {
  for await (const page of pages) {
    onPage(page);
    yield page.map((entry) => ({ where: `entry ${entry.id}`, id: entry.id, ...recordOf(entry) }));
  }
}
