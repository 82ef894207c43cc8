import PQueue from 'p-queue';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type RawEntry, seqOf, toEntry } from '../format/log-entry.ts';
import { createEntryCheck, type GenuineRecord } from '../verify/entry-check.ts';
import { readLoss } from '../verify/read-loss.ts';

/** So many records are checked without a pause for other work: about 10 ms. */
const PAGE = 250;
/** After so many pages in one turn the rest is read in the background. */
const MAX_PAGES = 4;
/** A log that was found broken is read again after this time: a person may have repaired it. */
const REREAD_MS = 5 * 60_000;

/** What the records are folded into. */
export interface LogFold {
  /** `hash`: of the record, hex. */
  add(record: Record<string, unknown>, seq: number, hash: string): void;
  /** Forgets all that was added. */
  clear(): void;
}

/** What else is read at the same moment as the end of the log. */
export type Reads = (multi: ReturnType<Connection['multi']>) => void;

interface Break {
  seq: number;
  why: string;
  at: number;
}

export interface FollowerOptions {
  redis: Connection;
  keys: Keys;
  auditKeys: readonly AuditKey[];
  fold: LogFold;
  /** The place of the first record to read; null: the last one of the log. */
  startAt: () => Promise<number | null>;
  /** A record is missing or was changed. What came before it no longer counts. */
  onBreak?: (seq: number, why: string) => void;
  /** Called with faults of Redis in the background, after which it tries again. */
  onFault?: (fault: unknown) => void;
  /** Milliseconds that only ever grow. */
  elapsed?: () => number;
}

/**
 * Reads the audit log record by record as it grows, and folds it. Each record must be authentic and follow the one before.
 * Where one is missing or altered, the fold is cleared and begins anew after it: so what it holds always rests on an
 * unbroken chain of authentic records from its own first record to the last of the log.
 */
export function createLogFollower(options: FollowerOptions) {
  const { redis, keys, auditKeys, fold, startAt } = options;
  const elapsed = options.elapsed ?? (() => performance.now());
  const check = createEntryCheck(auditKeys);
  const turns = new PQueue({ concurrency: 1 });
  /** The place of the first record that is read; null: not known yet. */
  let from: number | null = null;
  /** The last entry that was read. `hash` null: it was no authentic record. */
  let last: { id: string; log: string; hash: string | null } | null = null;
  let broken: Break | null = null;
  let isBehind = false;
  /** The accepted loss for which the log was read again. */
  let rereadFor = 0;

  function restart(place: number): void {
    from = place;
    last = null;
    broken = null;
    isBehind = true;
    fold.clear();
  }

  function breakAt(seq: number, why: string): void {
    broken = { seq, why, at: elapsed() };
    fold.clear();
    options.onBreak?.(seq, why);
  }

  /** @returns false: the log is another one than was read before, and is read again */
  function add(raw: RawEntry): boolean {
    const entry = toEntry(raw);
    const seq = seqOf(entry.id);
    const checked = entry.id === `${seq}-0` ? check(seq, entry) : { untrusted: 'moved' as const };
    if ('untrusted' in checked) {
      breakAt(seq, `record ${seq} is not authentic (${checked.untrusted})`);
      last = { id: entry.id, log: last?.log ?? '', hash: null };
      return true;
    }
    const link = linkOf(checked, seq);
    if (link === 'other-log' && rereadFor !== seq) {
      rereadFor = seq;
      restart(from ?? 0);
      return false;
    }
    if (link !== 'follows') breakAt(seq, `record ${seq} does not follow the one before it`);
    last = { id: entry.id, log: String(checked.record.log), hash: checked.hash };
    fold.add(checked.record, seq, checked.hash);
    return true;
  }

  function linkOf({ record }: GenuineRecord, seq: number): 'follows' | 'broken' | 'other-log' {
    // Nothing is before it, or nothing that counts.
    if (last === null || last.hash === null) return 'follows';
    const before = seqOf(last.id);
    const { event, detail, prev, log } = record;
    const isLoss = event === 'loss.accepted';
    if (prev !== last.hash || log !== last.log) return isLoss ? 'other-log' : 'broken';
    if (seq === before + 1) return 'follows';
    return isLoss && !('problem' in readLoss({ event, seq, detail }, before)) ? 'follows' : 'broken';
  }

  async function begin(): Promise<void> {
    const start = await startAt();
    const [newest] = start === null ? await redis.xrevrange(keys.audit, '+', '-', 'COUNT', 1) : [];
    from = start ?? (newest ? seqOf(newest[0]) : 0);
  }

  /** Reads a page. @returns the other replies, of the same moment as the end of the log; null: there is more to read */
  async function readPage(reads: Reads): Promise<unknown[] | null> {
    if (from === null) await begin();
    const multi = redis.multi();
    // With the last one that was read, to see that it is still there.
    multi.xrangeBuffer(keys.audit, last?.id ?? `${from ?? 0}-0`, '+', 'COUNT', PAGE);
    reads(multi);
    const [[fault, entries] = [], ...others] = (await multi.exec()) ?? [];
    if (fault) throw fault;
    const page = entries as RawEntry[];
    if (last !== null) {
      const before = page.shift();
      if (before === undefined || !isSame(before, last)) {
        restart(from ?? 0);
        return null;
      }
    }
    const isWhole = page.length < PAGE - 1;
    for (const entry of page) if (!add(entry)) return null;
    return isWhole ? others.map(toReply) : null;
  }

  function isSame(raw: RawEntry, known: NonNullable<typeof last>): boolean {
    const entry = toEntry(raw);
    if (entry.id !== known.id) return false;
    const checked = check(seqOf(entry.id), entry);
    return 'untrusted' in checked ? known.hash === null : checked.hash === known.hash;
  }

  async function readPages(reads: Reads): Promise<unknown[] | null> {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const others = await readPage(reads);
      if (others !== null) {
        isBehind = false;
        return others;
      }
    }
    isBehind = true;
    return null;
  }

  /**
   * Reads what is new, and judges it together with what else was read at that moment. Null while the log is longer than
   * can be read at once: the rest is read in the background.
   */
  async function atEnd<T>(reads: Reads, judge: (replies: unknown[]) => T): Promise<T | null> {
    if (isBehind) {
      catchUp();
      return null;
    }
    return turns.add(async () => {
      const replies = await readPages(reads);
      if (replies === null) {
        catchUp();
        return null;
      }
      return judge(replies);
    });
  }

  let isCatchingUp = false;
  function catchUp(): void {
    if (isCatchingUp) return;
    isCatchingUp = true;
    void toEnd()
      .catch((fault: unknown) => options.onFault?.(fault))
      .finally(() => {
        isCatchingUp = false;
      });
  }

  /** Reads all there is, with pauses for other work. */
  async function toEnd(): Promise<void> {
    for (;;) {
      const replies = await turns.add(() => readPages(() => undefined));
      if (replies !== null) return;
    }
  }

  return {
    atEnd,
    toEnd,
    /** Reads again from an earlier place on, in the background. @returns false: it began there or earlier already */
    goBack(place: number): boolean {
      const isDue = broken !== null && elapsed() - broken.at > REREAD_MS;
      if (from === null || (place >= from && !isDue)) return false;
      restart(Math.min(place, from));
      catchUp();
      return true;
    },
    /** Null: nothing was read yet. */
    from: () => from,
    /** The last record that was read; null: none, or it was not authentic. */
    position(): { seq: number; hash: string } | null {
      return last?.hash ? { seq: seqOf(last.id), hash: last.hash } : null;
    },
    broken: (): { seq: number; why: string } | null => broken,
    isBehind: () => isBehind,
  };
}

/** A key of a wrong type is none that the bot wrote. */
function toReply([fault, reply]: [Error | null, unknown]): unknown {
  if (fault?.message.startsWith('WRONGTYPE')) return null;
  if (fault) throw fault;
  return reply;
}
