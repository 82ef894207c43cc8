import type { Actor } from '../domain/audit-event.ts';
import type { Sent } from '../domain/decide-apply.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { AwsFault } from './faults.ts';
import type { Access, Executions } from './ports.ts';
import { executionOf } from './request-facts.ts';

/** The change's own session: named after the request, on behalf of who asked for it. */
export function changeAccess(
  request: ThrottleRequest,
  role: string | null,
  { team, user }: Pick<Actor, 'team' | 'user'> = request.requester,
): Access {
  return { role, session: { kind: 'change', request: request.id, team, user } };
}

/** The execution as AWS shows it, or why it does not. */
export async function lookAtExecution(
  { executions }: { executions: Executions },
  request: ThrottleRequest,
  access: Access,
): Promise<TaskExecution | AwsFault> {
  try {
    return await executions.describe(executionOf(request), access);
  } catch (fault) {
    if (fault instanceof AwsFault) return fault;
    throw fault;
  }
}

/** Sends a rate. What AWS says of it is only a hint; a clear no is kept, in case the look shows the old rate. */
export async function sendRate(
  { executions }: { executions: Executions },
  request: ThrottleRequest,
  bytesPerSecond: number,
  access: Access,
): Promise<Sent> {
  try {
    const { requestId } = await executions.update(executionOf(request), bytesPerSecond, access);
    return { requestId, refused: null };
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    const { requestId, operation: action } = fault;
    if (isDenied(fault)) return { requestId, refused: { why: 'denied', action } };
    return { requestId, refused: fault.kind === 'rejected' ? { why: 'rejected', action } : null };
  }
}

/** AWS lets the bot not near it, and waiting would not help. Where the bot's own credentials can't be had, it may. */
export function isDenied({ kind }: AwsFault): boolean {
  return kind === 'denied';
}
