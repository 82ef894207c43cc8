import { ClaimLost, LedgerLost } from '../workflow/faults.ts';
import type { Ledger } from '../workflow/ports.ts';

/** How the newest commit ended where it failed; null: it went well, or there was none. */
export function createLastCommit(now: () => number = () => performance.now()) {
  let failed: { at: number; fault: unknown } | null = null;
  return {
    /** The same ledger, with an eye on its commits. */
    noted<L extends Ledger>(ledger: L): L {
      const commit: Ledger['commit'] = async (change) => {
        try {
          const committed = await ledger.commit(change);
          failed = null;
          return committed;
        } catch (fault) {
          // Neither says anything of Redis: a worker was too late, or the log itself is lost, which is told by its own check.
          if (!(fault instanceof ClaimLost || fault instanceof LedgerLost)) failed = { at: now(), fault };
          throw fault;
        }
      };
      return { ...ledger, commit };
    },
    failed: (): { fault: unknown; agoMs: number } | null => failed && { fault: failed.fault, agoMs: now() - failed.at },
  };
}
