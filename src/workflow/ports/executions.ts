import type { ExecutionArn, TaskExecution } from '../../domain/execution/task-execution.ts';
import type { AwsFault } from '../faults.ts';

/** Under whose name AWS is asked. */
export interface Access {
  role: string | null;
  session: { kind: 'read' } | { kind: 'change'; request: string; team: string; user: string };
}

export interface ActiveExecution {
  arn: string;
  status: string;
  mode: string | null;
  taskName: string | null;
  /** null: could not be described in time */
  bytesPerSecond: number | null;
}

/** Where to look for executions, and under which role. */
export interface ListTarget {
  region: string;
  role: string | null;
}

interface FailedTarget extends ListTarget {
  fault: AwsFault;
  /** It has not answered yet, and may still. */
  pending: boolean;
}

export interface ActiveList {
  executions: ActiveExecution[];
  /** Where nothing, or not all, could be seen. */
  failed: FailedTarget[];
}

/** @throws AwsFault */
export interface Executions {
  describe(execution: ExecutionArn, access: Access): Promise<TaskExecution>;
  update(execution: ExecutionArn, bytesPerSecond: number, access: Access): Promise<{ requestId: string | null }>;
  /**
   * Running and queued executions, at most 15 s old; what can't be had within `withinMs` is left out, a target that fails
   * is named. Without `details` none is described, so that it costs a few calls however many there are.
   */
  listActive(targets: readonly ListTarget[], options?: { details?: boolean; withinMs?: number }): Promise<ActiveList>;
  /**
   * The status that ListTaskExecutions has for an execution; null where no page of its account lists it.
   * @throws AwsFault where not all pages could be read, or they were those of another account
   */
  listedStatus(execution: ExecutionArn, role: string | null): Promise<string | null>;
  /** Looks at executions of the last list, at most 15 s old; one that can't be had within `withinMs` is left out. */
  lookAtActive(arns: readonly string[], withinMs: number): Promise<ReadonlyMap<string, TaskExecution>>;
}
