import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { approvalsOf, approvalValidity } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
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
