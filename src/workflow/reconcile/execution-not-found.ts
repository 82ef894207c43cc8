import { isLongAbsent } from '../../domain/execution/absence.ts';
import { type ExecutionArn, isActive } from '../../domain/execution/task-execution.ts';
import { AwsFault } from '../faults.ts';
import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Access, Executions } from '../ports/executions.ts';

export interface NotFoundDeps {
  executions: Executions;
  absences: Absences;
  clock: Clock;
}

/**
 * What it means that AWS did not find an execution. The same fault for ten minutes, since AWS may find it again; after
 * that one of kind `gone`, if AWS lists no execution with that ARN or lists it as ended.
 * @throws NotRecorded
 */
export async function judgeNotFound(
  deps: NotFoundDeps,
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
    // Still not found: that the list can't be read is no reason to give the change up.
    return new AwsFault('not-found', { operation, requestId, role, said, cause: unlisted });
  }
}
