import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { UndoProblem } from '../../domain/request/refusal.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { mayKnow } from '../people/may-know.ts';
import type { RequestThrottleDeps } from './consider-request.ts';
import { type RequestOutcome, requestThrottle } from './request-throttle.ts';

/**
 * Requests the rate from before another request: a request of its own, decided by the policy like any other. Refused if
 * somebody has changed the limit since.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function undoRequest(
  deps: RequestThrottleDeps,
  undo: { request: string; user: string; channel: string; op: string },
): Promise<RequestOutcome> {
  const { request: id, ...by } = undo;
  const stored = (await deps.ledger.load(id))?.request ?? null;
  // To somebody who may not know of the request, it does not exist.
  const request = stored && (await mayKnow(deps, undo.user, stored)) ? stored : null;
  const problem = problemOf(request);
  const execution = request && parseExecutionArn(request.execution);
  if (problem || !request || !execution?.ok) {
    const refusal = { why: 'cannot-undo', request: id, problem: problem ?? { kind: 'unknown' } } as const;
    return { kind: 'refused', refusal, rule: null };
  }
  return requestThrottle(deps, {
    ...by,
    execution: execution.value,
    rate: { kind: 'absolute', bytesPerSecond: request.from },
    durationSeconds: null,
    reason: `Undo ${id}`,
    undoes: { request: id, set: request.to },
  });
}

function problemOf(request: ThrottleRequest | null): UndoProblem | null {
  if (!request) return { kind: 'unknown' };
  if (request.status !== 'applied') return { kind: 'not-applied', status: request.status };
  return request.extends ? { kind: 'no-rate' } : null;
}
