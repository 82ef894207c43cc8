import type { LogPosition } from '../../audit/format/log-position.ts';
import { type AuditHead, GENESIS } from '../../domain/audit/audit-record.ts';
import type { LedgerLost } from '../../workflow/faults.ts';

/** Whether the log in Redis still has every record that this process observed. */
export interface Continuity {
  /** The log's head, if every record that was observed is there. @throws LedgerLost */
  observe(): Promise<AuditHead | null>;
  /** The same, and ends the lost state where the loss was accepted. @throws LedgerLost */
  recheck(): Promise<AuditHead | null>;
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** The highest record that this process knows of. */
  position(): LogPosition | null;
  /** This record is the highest now. */
  advance(record: LogPosition): void;
}

/** The last record of the log, as this process builds on it. */
export type LogHead = ReturnType<typeof createLogHead>;

export function createLogHead(continuity: Continuity, newLogId: () => string) {
  let head: AuditHead | null = null;

  function moveTo(record: AuditHead): void {
    head = record;
    continuity.advance(record);
  }

  async function observe(): Promise<void> {
    head = (await continuity.observe()) ?? head;
  }

  return {
    moveTo,
    /** Reads it again: what this process observed of the log may be gone. @throws LedgerLost */
    observe,
    /** The place before the first record of a new log where Redis has none. @throws LedgerLost */
    async current(): Promise<AuditHead> {
      const lost = continuity.lost();
      if (lost) throw lost;
      head ??= (await continuity.observe()) ?? { log: newLogId(), seq: 0, hash: GENESIS, at: '' };
      return head;
    },
    /**
     * Another process wrote: goes on from its head, if the records that this process observed are still below it.
     * @throws LedgerLost
     */
    async follow(theirs: AuditHead, hashAtMine: string): Promise<void> {
      const mine = head;
      if (mine && mine.seq > 0) {
        const isContinued = theirs.log === mine.log && theirs.seq >= mine.seq && hashAtMine === mine.hash;
        if (!isContinued) return observe();
      }
      if (theirs.seq > 0) moveTo(theirs);
    },
    /** Reads it again, and ends the lost state where the loss was accepted. @throws LedgerLost */
    async recheck(): Promise<AuditHead | null> {
      const found = await continuity.recheck();
      if (found) head = found;
      return found;
    },
  };
}
