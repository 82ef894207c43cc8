import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { Denied } from '../../domain/run/change/judge-change.ts';
import { AwsFault } from '../faults.ts';
import type { Access, AnswerAge } from '../ports/executions.ts';
import { judgeNotFound, type NotFoundDeps } from './execution-not-found.ts';
import { executionOf } from './request-facts.ts';

/** An IAM policy has to be changed first, so AWS is called less often than after a fault that passes by itself. */
export const DENIED_AGAIN_SECONDS = 60;

/**
 * The execution as AWS shows it now, or why it can't be read. For an answer that a person waits for: nothing is written
 * where the execution is found.
 * @throws NotRecorded where it is not found and Redis does not answer
 */
export async function describeExecution(
  deps: NotFoundDeps,
  arn: string,
  access: Access,
  age?: AnswerAge,
): Promise<TaskExecution | AwsFault> {
  const execution = executionOf(arn);
  try {
    return await deps.executions.describe(execution, access, age);
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    return fault.kind === 'not-found' ? judgeNotFound(deps, execution, access, fault) : fault;
  }
}

/**
 * The same for a worker. Where the execution is found, the record that it was not found before is cleared.
 * @throws NotRecorded
 */
export async function observeExecution(
  deps: NotFoundDeps,
  arn: string,
  access: Access,
): Promise<TaskExecution | AwsFault> {
  const observed = await describeExecution(deps, arn, access);
  if (!(observed instanceof AwsFault)) await deps.absences.end(arn);
  return observed;
}

/**
 * The execution after a change was sent. Where the role of the change may not read, that of `otherwise` is tried. If that one may
 * not read either, the first fault is returned.
 */
export async function observeAfterChange(
  deps: NotFoundDeps,
  arn: string,
  access: Access,
  otherwise: Access,
): Promise<TaskExecution | AwsFault> {
  const observed = await observeExecution(deps, arn, access);
  if (!(observed instanceof AwsFault && isDenied(observed))) return observed;
  const again = await observeExecution(deps, arn, otherwise);
  return again instanceof AwsFault && isDenied(again) ? observed : again;
}

/** The action that AWS did not allow, for the record. */
export function deniedAction({ operation: action, role, requestId, said }: AwsFault): Denied {
  return { action, role, requestId, said };
}

/** AWS does not allow it, and waiting does not help. Where the bot gets no credentials of its own, waiting may. */
export function isDenied({ kind }: AwsFault): boolean {
  return kind === 'denied';
}
