import type { KeyObject } from 'node:crypto';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { createLocks } from '../../store/connection/locks.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type Checkpoint, writeCheckpointLine } from '../format/checkpoint-format.ts';
import { seqOf } from '../format/log-entry.ts';
import { createSharedSeal } from '../format/shared-seal.ts';
import { readArchivedUpTo } from '../log/archived-up-to.ts';
import type { AuditAlarms } from '../log/audit-alarms.ts';
import { oneEntry } from '../log/audit-entries.ts';
import { appendCheckpoints, readCheckpointFile } from '../log/checkpoint-file.ts';
import { readLogState } from '../log/log-state.ts';
import { makeCheckpoint } from './make-checkpoint.ts';
import { highestOf, readOwnCheckpoints } from './own-checkpoints.ts';
import { createSharedCheckpoint, type SharedCheckpoint } from './shared-checkpoint.ts';

const EVERY_RECORDS = 100;
const EVERY_MS = 10 * 60_000;
/** In that time three should have been made. */
const OVERDUE_MS = 3 * EVERY_MS;
/** Another bot waits this long for one that hangs. A round renews its lock while it works. */
const LOCK_MS = 20_000;
/** A round makes at most so many; the next one makes the rest. */
const MAX_AT_ONCE = 100;

interface CheckpointOptions {
  redis: Connection;
  keys: Keys;
  clock: Clock;
  auditKeys: readonly AuditKey[];
  signingKey: KeyObject | null;
  /** Outside Redis; null: none is kept. */
  file: string | null;
  alarms: AuditAlarms;
}

/** After which record there is no checkpoint yet, and since when. */
interface Since {
  seq: number;
  at: number;
}

/**
 * Makes checkpoints of the log: one at every hundredth record, and one of the last record when there are new records and
 * the last checkpoint is 10 minutes old. What is due follows from the log's head and from the checkpoints that this bot
 * made, has in its file, or verified as another bot's. So somebody who can write to Redis can cause an extra checkpoint,
 * but can't prevent one.
 */
export function createCheckpoints(options: CheckpointOptions) {
  const { redis, keys, clock, auditKeys, signingKey, file, alarms } = options;
  const locks = createLocks(redis);
  const shared = createSharedCheckpoint(redis, keys, createSharedSeal(auditKeys), signingKey);
  /** The newest checkpoint that was verified. */
  let newest: Checkpoint | null = null;
  /** Used instead while there is none. */
  let begin: Since | null = null;
  /** The last line in Redis that was verified. */
  let judged: string | null = null;
  /** Since when this bot waits for another one to make it. */
  let waiting: number | null = null;
  /** Since when there are records without a checkpoint. */
  let uncoveredSince: number | null = null;
  /** Made, and not yet returned by `round`. */
  let lines: string[] = [];

  /**
   * @returns the lines that were made in this round, oldest first, for this bot to post in the channel
   * @param last the bot stops: a checkpoint is due if there is any new record
   */
  async function round(last = false): Promise<string[]> {
    try {
      await makeAll(last);
    } catch (fault) {
      uncoveredSince ??= clock.now().getTime();
      throw fault;
    }
    const made = lines;
    lines = [];
    return made;
  }

  async function makeAll(last: boolean): Promise<void> {
    if (begin === null && file !== null) newest = await highestInFile(file);
    // Read before the head, so that the head is never older than this.
    const found = await shared.read();
    const { head } = await readLogState(redis, keys, 0);
    const now = clock.now().getTime();
    await adopt(found, head);
    begin ??= { seq: head === null ? 0 : Math.max(0, lastHundred(head.seq) - 1), at: now };
    if (head !== null) await makeDue(head, now, last || found.wanted);
  }

  function since(head: AuditHead): Since {
    if (newest?.log === head.log) return { seq: newest.seq, at: Date.parse(newest.at) };
    return begin ?? { seq: 0, at: 0 };
  }

  async function makeDue(head: AuditHead, now: number, soon: boolean): Promise<void> {
    uncoveredSince = head.seq > since(head).seq ? (uncoveredSince ?? now) : null;
    if (!isDue(head.seq, since(head), now, soon)) {
      waiting = null;
      return;
    }
    waiting ??= now;
    // Somebody who holds the lock in Redis can't prevent checkpoints for longer: an extra one does no harm.
    const overdue = Math.abs(now - waiting) >= LOCK_MS;
    const lock = await locks.take(keys.checkpointLock, LOCK_MS);
    if (!lock && !overdue) return;
    const mayKeep = async () => overdue || lock === null || (await lock.isHeld());
    try {
      // Another bot may just have made one, and the log may have grown.
      const found = await shared.read();
      const fresh = (await readLogState(redis, keys, 0)).head ?? head;
      await adopt(found, fresh);
      if (isDue(fresh.seq, since(fresh), now, soon)) {
        // This process hung until another bot took over: the next round sees what that one made.
        if (!(await make(fresh, now, soon, mayKeep))) return;
      }
      waiting = null;
      if (fresh.seq <= since(fresh).seq) uncoveredSince = null;
    } finally {
      await lock?.release();
    }
  }

  /** @returns false where the lock was lost: then nothing is kept */
  async function make(head: AuditHead, now: number, soon: boolean, mayKeep: () => Promise<boolean>): Promise<boolean> {
    const made: Checkpoint[] = [];
    const { seq: from, at } = since(head);
    const take = async (seq: number) => {
      const counted = made.at(-1) ?? (newest?.log === head.log ? newest : null);
      const one = await makeCheckpoint(redis, keys, auditKeys, { seq, now: clock.now(), from: counted });
      if (!('untrusted' in one)) {
        made.push(one);
        alarms.clear('checkpoint-record');
      } else if (one.untrusted !== 'missing') {
        const why = `record ${seq} is not what a bot wrote there (${one.untrusted}): no checkpoint is made of it. See \`audit verify\``;
        alarms.raise('checkpoint-record', why);
      }
      return !('untrusted' in one);
    };
    const hundreds = lastHundred(head.seq);
    let place = from;
    let good = true;
    for (let tries = 0; place < hundreds && tries < MAX_AT_ONCE; tries++) {
      const due = lastHundred(place) + EVERY_RECORDS;
      // Places may be empty after an accepted loss or an archive: then the next record counts.
      const next = await oneEntry(redis, keys, { from: `${due}-0`, to: `${head.seq}-0`, end: 'first' });
      if (!next) break;
      place = seqOf(next.id);
      good = await take(place);
    }
    const aged = soon || isAged(at, now);
    if (head.seq > place && place >= hundreds && (aged || !good)) await take(head.seq);
    if (made.length === 0) return true;
    if (!(await mayKeep())) return false;
    await keep(made, now);
    return true;
  }

  async function keep(made: Checkpoint[], now: number): Promise<void> {
    const written = made.map((one) => writeCheckpointLine(one, signingKey));
    if (file !== null) await appendCheckpoints(file, written);
    // From here on they count as made, also where the write to Redis fails.
    newest = made.at(-1) ?? newest;
    judged = written.at(-1) ?? judged;
    lines.push(...written);
    await shared.write(newest?.seq ?? 0, written.at(-1) ?? '', now);
    alarms.clear('shared-checkpoint');
  }

  /** Takes over the newest checkpoint in Redis, if a bot made it. It is added to this bot's file, unless it is there already. */
  async function adopt({ seq, line, made, own }: SharedCheckpoint, head: AuditHead | null): Promise<void> {
    if (seq > (head?.seq ?? 0)) {
      const why = `Redis holds a checkpoint of record ${seq}, and the audit log ends at ${head?.seq ?? 0}: somebody changed one of them`;
      return alarms.raise('shared-checkpoint', why);
    }
    if (line === null || line === judged) return;
    const matches = made && own ? await matchesLog(made.checkpoint) : false;
    judged = line;
    if (made && own && matches !== false) {
      if (file !== null && matches) await keepOnce(file, made.text, line);
      const older = newest?.log === made.checkpoint.log && newest.seq >= made.checkpoint.seq;
      if (!older) newest = made.checkpoint;
      return alarms.clear('shared-checkpoint');
    }
    // A bot of an older version makes checkpoints without a seal.
    if (made && signingKey === null && (await matchesLog(made.checkpoint)) !== false) return;
    const why = `Redis holds a checkpoint${made ? ` of record ${made.checkpoint.seq}` : ''} that no bot with these keys made of this log: it is not kept`;
    alarms.raise('shared-checkpoint', why);
  }

  /** Whether the log has this record. Null: the record is archived, so this can't be checked. */
  async function matchesLog({ log, seq, hash, count }: Checkpoint): Promise<boolean | null> {
    const archivedUpTo = await readArchivedUpTo(redis, keys, auditKeys);
    if (archivedUpTo !== null && archivedUpTo !== 'unproven' && seq <= archivedUpTo.seq) return null;
    const from = newest?.log === log ? newest : null;
    const found = await makeCheckpoint(redis, keys, auditKeys, { seq, now: clock.now(), from });
    return !('untrusted' in found) && found.log === log && found.hash === hash && found.count === count;
  }

  async function highestInFile(path: string): Promise<Checkpoint | null> {
    const own = await readOwnCheckpoints(path, signingKey);
    if (!own.ok) throw new Error(own.problem);
    return highestOf(own.value);
  }

  return {
    round,
    /** That the newest checkpoint is too old, as a sentence; null while it is not. */
    overdue(): string | null {
      const waited = uncoveredSince === null ? 0 : clock.now().getTime() - uncoveredSince;
      if (waited < OVERDUE_MS) return null;
      return `there has been no checkpoint for ${Math.floor(waited / 60_000)} minutes, though there are records after ${newest ? `the newest one, of record ${newest.seq}` : 'the start of this bot'}`;
    },
  };
}

async function keepOnce(file: string, text: string, line: string): Promise<void> {
  const { lines } = await readCheckpointFile(file).catch(missing);
  if (!lines.some((one) => one.text === text)) await appendCheckpoints(file, [line]);
}

function isDue(headSeq: number, since: Since, now: number, soon: boolean): boolean {
  return lastHundred(headSeq) > since.seq || (headSeq > since.seq && (soon || isAged(since.at, now)));
}

/** A time as far in the future is by a wrong clock, and counts as old too. */
function isAged(at: number, now: number): boolean {
  return !(Math.abs(now - at) < EVERY_MS);
}

function lastHundred(seq: number): number {
  return Math.floor(seq / EVERY_RECORDS) * EVERY_RECORDS;
}

function missing(cause: unknown): { lines: [] } {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { lines: [] };
  throw cause;
}

export type Checkpoints = ReturnType<typeof createCheckpoints>;
