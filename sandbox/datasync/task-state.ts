import { type ExecutionRun, hasEnded, isMoving } from './execution-run.ts';

/** A task at one moment, as ListTasks and DescribeTask tell it. */
export interface TaskState {
  arn: string;
  name: string;
  mode: 'BASIC' | 'ENHANCED';
  /** ARNs of locations. */
  source: string;
  destination: string;
  createdAt: number;
  status: 'AVAILABLE' | 'QUEUED' | 'RUNNING';
  /** The execution that was started last, whether it waits, runs or has ended. */
  latest: string | null;
}

export function taskState(
  task: Omit<TaskState, 'status' | 'latest'> & { runs: ReadonlyMap<string, ExecutionRun> },
): TaskState {
  const { arn, name, mode, source, destination, createdAt } = task;
  const runs = [...task.runs.values()];
  const queued = runs.some((run) => !hasEnded(run) && run.status === 'QUEUED');
  const status = runs.some(isMoving) ? 'RUNNING' : queued ? 'QUEUED' : 'AVAILABLE';
  return { arn, name, mode, source, destination, createdAt, status, latest: [...task.runs.keys()].at(-1) ?? null };
}
