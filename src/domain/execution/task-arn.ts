import { type ExecutionArn, parseExecutionArn } from './task-execution.ts';

/** The parts of the ARN of one DataSync task. */
export type TaskArn = Pick<ExecutionArn, 'partition' | 'region' | 'account' | 'taskId'>;

/** The ARN of an execution of the task has all of its parts. */
const ANY_EXECUTION = `/execution/exec-${'0'.repeat(17)}`;

/** Parses the ARN of a task, exactly as AWS writes it; null: it is none. */
export function parseTaskArn(text: string): TaskArn | null {
  const parsed = parseExecutionArn(`${text}${ANY_EXECUTION}`);
  return parsed.ok && parsed.value.taskArn === text ? parsed.value : null;
}
