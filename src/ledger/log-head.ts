import { type AuditHead, GENESIS } from '../domain/audit-record.ts';
import type { createSights } from './audit-sights.ts';

/** The last record of the log, as this process builds on it. */
export type LogHead = ReturnType<typeof createLogHead>;

export function createLogHead(sights: ReturnType<typeof createSights>, newLogId: () => string) {
  let head: AuditHead | null = null;

  function moveTo(record: AuditHead): void {
    head = record;
    sights.saw(record);
  }

  async function recheck(): Promise<void> {
    head = (await sights.stand()) ?? head;
  }

  return {
    moveTo,
    /** Read anew: what this process saw of the log may be gone. @throws LedgerLost */
    recheck,
    /** Where nothing is in Redis yet, the place before the first record of a new log. @throws LedgerLost */
    async current(): Promise<AuditHead> {
      const lost = sights.lost();
      if (lost) throw lost;
      head ??= (await sights.stand()) ?? { log: newLogId(), seq: 0, hash: GENESIS, at: '' };
      return head;
    },
    /**
     * Somebody else wrote: goes on from there, if the records that this process saw are still under it.
     * @throws LedgerLost
     */
    async follow(theirs: AuditHead, hashAtMine: string): Promise<void> {
      const mine = head;
      if (mine && mine.seq > 0) {
        const isContinued = theirs.log === mine.log && theirs.seq >= mine.seq && hashAtMine === mine.hash;
        if (!isContinued) return recheck();
      }
      if (theirs.seq > 0) moveTo(theirs);
    },
    /** The same as a look from outside: a loss that was accepted meanwhile is over by it. @throws LedgerLost */
    async look(): Promise<AuditHead | null> {
      const found = await sights.look();
      if (found) head = found;
      return found;
    },
  };
}
