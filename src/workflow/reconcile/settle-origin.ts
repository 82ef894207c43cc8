import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { originOf } from '../../domain/run/decide-drift.ts';
import type { Claim } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { later, type WorkOutcome } from '../work-outcome.ts';
import { readBack } from './change-limit.ts';
import { correctLimit } from './correct-limit.ts';
import { recordChangedOutside } from './end-grants.ts';
import { loadProven } from './proven-state.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';

/**
 * Before a limit is changed: AWS must show the one that the bot read back last. A change made outside the bot is recorded and
 * ends the run's grants; an earlier change of the bot that took effect late is corrected. Then the work begins again, on what
 * has become of the run. Null: nothing stands in the way.
 */
export async function settleOrigin(
  deps: ReconcileDeps,
  { stored, execution, claim }: { stored: StoredRun; execution: TaskExecution; claim: Claim },
): Promise<WorkOutcome | null> {
  const origin = originOf(stored.run, execution.bytesPerSecond, deps.clock.now());
  if (origin === 'as-set' || stored.inForce === null) return null;
  const request = (await loadProven(deps.ledger, stored.inForce.request))?.request;
  // No limit of a request was ever in force: there is nothing to end.
  if (request?.status !== 'applied') return null;
  if (origin === 'late-write') return andAgain(await correctLimit(deps, { stored, request, execution, claim }));
  await recordChangedOutside(deps, { stored, request, execution, claim });
  return later(0, 'the limit was changed outside the bot');
}

/**
 * A change that is in flight is carried on by the work of the request that it belongs to. The correction of a late write belongs
 * to none: whatever work finds it in flight carries it on, and comes again. Null: none is in flight.
 */
export async function settleCorrection(
  deps: ReconcileDeps,
  { stored, claim }: { stored: StoredRun; claim: Claim },
): Promise<WorkOutcome | null> {
  if (stored.run?.change?.cause !== 'late-write' || stored.inForce === null) return null;
  const request = (await loadProven(deps.ledger, stored.inForce.request))?.request;
  return request ? andAgain(await readBack(deps, { stored, request, claim }, null)) : null;
}

function andAgain(outcome: WorkOutcome): WorkOutcome {
  return outcome.kind === 'done' ? later(0, 'the limit was corrected') : outcome;
}
