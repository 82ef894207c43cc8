import type { EventOf } from '../../domain/audit/audit-event.ts';
import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { approvalsOf, approvalValidity, neededNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { lacksApprovals } from '../../domain/run/grant/decide-revert-now.ts';
import type { Run } from '../../domain/run/run.ts';
import { PersonUnknown } from '../faults.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';
import { currentFacts } from './request-facts.ts';

/** Whether the approvals of a request still count for a limit that is set now. Unknown: Slack can't say who somebody is. */
export async function isStillApproved(
  deps: ReconcileDeps,
  request: ThrottleRequest,
  execution: TaskExecution,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const facts = await currentFacts(deps, request);
    const validity = approvalValidity(request, { ...facts, execution });
    if (validity.kind === 'unknown' || validity.kind === 'policies-differ') return 'unknown';
    return validity.kind === 'valid' && approvalsOf(request, facts.people) >= validity.needed ? 'yes' : 'no';
  } catch (fault) {
    if (fault instanceof PersonUnknown) return 'unknown';
    throw fault;
  }
}

/**
 * The end of a limit that lacks approvals by the time that it is in force: one that it was weighed against was ended early while
 * it was being set. Null otherwise. `sentAt`: its time begins then.
 */
export async function endForApprovals(
  deps: ReconcileDeps,
  applied: ThrottleRequest,
  run: Run | null,
  sentAt: Date,
): Promise<EventOf<'revert.scheduled'> | null> {
  // Nobody can have ended what it was weighed against.
  if (run === null || run.grants.length === 0) return null;
  const inForce = await deps.policy.counting();
  const needed = neededNow(applied, { inForce, run, now: sentAt });
  // Those on record were checked when it was sent.
  if (needed !== null && approvalsOf(applied, new Map()) >= needed) return null;
  return lacksApprovals(applied, run, { inForce, now: deps.clock.now() });
}
