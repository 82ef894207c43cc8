import { ClaimLost, LedgerLost } from '../workflow/faults.ts';
import type { Ledger } from '../workflow/ports/ledger.ts';

/** Remembers whether the newest commit failed. */
export function createLastCommit(now: () => number = () => performance.now()) {
  let failed: { at: number; fault: unknown } | null = null;
  return {
    /** The same ledger; the outcome of its commits is remembered. */
    noted<L extends Ledger>(ledger: L): L {
      const commit: Ledger['commit'] = async (change) => {
        try {
          const committed = await ledger.commit(change);
          failed = null;
          return committed;
        } catch (fault) {
          // Neither is a fault of Redis: a worker was too late, or the log is lost, which the check `audit` reports.
          if (!(fault instanceof ClaimLost || fault instanceof LedgerLost)) failed = { at: now(), fault };
          throw fault;
        }
      };
      return { ...ledger, commit };
    },
    /** Null where the newest commit succeeded, or there was none. */
    failed: (): { fault: unknown; agoMs: number } | null => failed && { fault: failed.fault, agoMs: now() - failed.at },
  };
}
