import type { DescribeTaskExecutionCommandOutput } from '@aws-sdk/client-datasync';
import type { TaskExecution } from '../domain/execution/task-execution.ts';

/** The status where AWS gives none. */
export const UNKNOWN_STATUS = 'UNKNOWN';

/** What DescribeTaskExecution answered. It lacks the task's name. */
export function toTaskExecution(
  arn: string,
  answer: DescribeTaskExecutionCommandOutput,
  lookedAt: Date,
): Omit<TaskExecution, 'taskName'> {
  return {
    arn,
    status: answer.Status ?? UNKNOWN_STATUS,
    mode: answer.TaskMode ?? null,
    // Absent: no limit was ever set. Above 2^53 JSON loses digits, but no network is that fast.
    bytesPerSecond: Math.min(answer.Options?.BytesPerSecond ?? -1, Number.MAX_SAFE_INTEGER),
    bytesTransferred: answer.BytesTransferred ?? 0,
    bytesEstimated: answer.EstimatedBytesToTransfer ?? 0,
    bytesWritten: answer.BytesWritten ?? 0,
    bytesCompressed: answer.BytesCompressed ?? 0,
    startedAt: answer.StartTime?.toISOString() ?? null,
    ...(answer.EndTime ? { endedAt: answer.EndTime.toISOString() } : {}),
    lookedAt: lookedAt.toISOString(),
    requestId: answer.$metadata.requestId ?? null,
    ...filesOf(answer),
  };
}

/** Basic mode counts files as they are transferred. Absent or 0: not known yet. */
function filesOf({ FilesTransferred, EstimatedFilesToTransfer }: DescribeTaskExecutionCommandOutput) {
  if (!FilesTransferred && !EstimatedFilesToTransfer) return {};
  return { files: { transferred: FilesTransferred ?? 0, estimated: EstimatedFilesToTransfer ?? 0 } };
}
