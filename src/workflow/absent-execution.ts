import { isLongAbsent } from '../domain/absence.ts';
import { type ExecutionArn, isActive } from '../domain/task-execution.ts';
import { AwsFault } from './faults.ts';
import type { Absences, Access, Clock, Executions } from './ports.ts';

export interface AbsentDeps {
  executions: Executions;
  absences: Absences;
  clock: Clock;
}

/**
 * What it means that AWS did not find an execution: the same fault, for it may be found again, or one of kind `gone`, where
 * that has lasted for ten minutes and AWS lists no run by that ARN, or lists it as ended.
 * @throws NotRecorded
 */
export async function judgeAbsent(
  deps: AbsentDeps,
  execution: ExecutionArn,
  { role }: Access,
  fault: AwsFault,
): Promise<AwsFault> {
  const now = deps.clock.now();
  if (!isLongAbsent(await deps.absences.note(execution.arn, now), now)) return fault;
  const { operation, requestId, said } = fault;
  try {
    const status = await deps.executions.listedStatus(execution, role);
    if (status === null || !isActive(status)) {
      return new AwsFault('gone', { operation, requestId, role, said, cause: fault });
    }
    await deps.absences.end(execution.arn);
    return fault;
  } catch (unlisted) {
    if (!(unlisted instanceof AwsFault)) throw unlisted;
    // Still the fault of the look: that the list may not be read is no reason to give the change up.
    return new AwsFault('not-found', { operation, requestId, role, said, cause: unlisted });
  }
}
