import type { Log } from '../logging/logger.ts';
import type { Ledger } from '../workflow/ports/ledger.ts';

/** The same ledger; each record that it writes is logged, so that a request can be followed by its id. */
export function loggedLedger<L extends Ledger>(ledger: L, log: Log): L {
  const commit: Ledger['commit'] = async (change) => {
    const committed = await ledger.commit(change);
    if (committed.kind === 'committed') {
      for (const [place, { event, request }] of change.events.entries()) {
        log.info({ request, event, seq: committed.records[place]?.seq, op: change.op }, 'on record');
      }
    }
    return committed;
  };
  return { ...ledger, commit };
}
