import type { AuditKey } from './audit-chain.ts';
import type { Unverified } from './audit-chain-check.ts';
import { type LogEntry, type LogSnapshot, readEntries, readSnapshot, recordOf } from './audit-entries.ts';
import { createIndexCheck, withIndexes } from './audit-index-check.ts';
import { type LogPart, type Verification, verifyParts } from './audit-verify.ts';
import type { KnownCheckpoint } from './audit-witness.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

/** The part of the log that was archived before, in the order of its records; opened anew each time. */
export type OpenArchives = () => Promise<LogPart[]>;

/** Checks the log in Redis, up to where it ended when this began. Null: there is none. */
export async function verifyLive(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[] | null,
  checkpoints: readonly KnownCheckpoint[] | null = null,
  openArchives: OpenArchives = async () => [],
): Promise<Verification | null> {
  for (;;) {
    const snapshot = await readSnapshot(redis, keys);
    const archives = await openArchives();
    if (!snapshot.head && !snapshot.ends && !checkpoints && archives.length === 0) return null;
    const indexes = createIndexCheck(redis, keys, snapshot);
    const parts = [...fromTheFloor(archives), livePart(redis, keys, snapshot, archives.length > 0, indexes.take)];
    const checked = await verifyParts(parts, auditKeys, checkpoints);
    // Where the records are not what they were, nobody knows what should stand in the indexes.
    const found = checked.integrity.verdict === 'ok' ? withIndexes(checked, await indexes.found()) : checked;
    if (!found.faulty) return found;
    // What an archive took out of Redis while this read it is not missing.
    const { floor } = await readSnapshot(redis, keys);
    if (floor?.seq === snapshot.floor?.seq) return found;
  }
}

/** Archives that begin within the log: a record has to say that what was before them was archived too. */
function fromTheFloor(archives: LogPart[]): LogPart[] {
  const [first, ...rest] = archives;
  const claim = first?.witness.claim;
  if (!first || !claim?.first || claim.first === 1) return archives;
  const floor = { seq: claim.first - 1, hash: null };
  return [{ ...first, witness: { ...first.witness, claim: { ...claim, floor } } }, ...rest];
}

function livePart(
  redis: Connection,
  keys: Keys,
  { head, ends, floor }: LogSnapshot,
  archived: boolean,
  onPage: (page: readonly LogEntry[]) => void,
): LogPart {
  const claim = head && {
    ...{ log: head.log, first: (floor?.seq ?? 0) + 1, last: head.seq, hash: head.hash, count: null },
    floor,
  };
  const lost = archived ? 'the last record is never archived: what came after these is lost' : 'there was one';
  const absence = ends ? {} : { absence: `Redis holds no log, and ${lost}` };
  const witness = { name: 'the head in Redis', claim, signature: null, ...absence };
  // Up to where the log ended just now: a bot may go on writing.
  const pages = ends ? readEntries(redis, keys, { from: ends.first, to: ends.last }) : none();
  return { witness, records: fromEntries(pages, onPage) };
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
