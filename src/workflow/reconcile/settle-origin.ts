import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { originOf } from '../../domain/run/decide-drift.ts';
import { memberOf } from '../../domain/run/run.ts';
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
  if (origin === 'as-set') return null;
  const found = stored.inForce ? ((await loadProven(deps.ledger, stored.inForce.request))?.request ?? null) : null;
  const request = found?.status === 'applied' ? found : null;
  // Neither a request nor a link ever set its limit: there is nothing to end.
  if (request === null && memberOf(stored.run) === null) return null;
  if (origin === 'late-write') return andAgain(await correctLimit(deps, { stored, request, execution, claim }));
  await recordChangedOutside(deps, { stored, request, execution, claim });
  return later(0, 'the limit was changed outside the bot');
}

/**
 * A change that is in flight is carried on by the work of the request that it belongs to. The correction of a late write, and what
 * a link causes, belong to none: whatever work finds it in flight carries it on, and comes again. Null: none is in flight.
 */
export async function settleCorrection(
  deps: ReconcileDeps,
  { stored, claim }: { stored: StoredRun; claim: Claim },
): Promise<WorkOutcome | null> {
  const change = stored.run?.change;
  if (!change || change.request !== null) return null;
  const behalf = change.cause === 'late-write' ? (stored.inForce?.request ?? null) : null;
  const request = behalf === null ? null : ((await loadProven(deps.ledger, behalf))?.request ?? null);
  return andAgain(await readBack(deps, { stored, request, claim }, null));
}

function andAgain(outcome: WorkOutcome): WorkOutcome {
  return outcome.kind === 'done' ? later(0, 'the limit was corrected') : outcome;
}
