import type { DescribeTaskExecutionCommandOutput } from '@aws-sdk/client-datasync';
import type { TaskExecution } from '../domain/task-execution.ts';

/** Where AWS says nothing. */
export const UNKNOWN_STATUS = 'UNKNOWN';

/** What DescribeTaskExecution answered, as one look; the task's name comes from elsewhere. */
export function seenExecution(
  arn: string,
  answer: DescribeTaskExecutionCommandOutput,
  lookedAt: Date,
): Omit<TaskExecution, 'taskName'> {
  return {
    arn,
    status: answer.Status ?? UNKNOWN_STATUS,
    mode: answer.TaskMode ?? null,
    // Absent, no limit was ever set. Beyond 2^53 JSON has lost its last digits; that much is no limit to any network.
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

/** Basic mode counts files as they are transferred; what is absent or 0 says nothing yet. */
function filesOf({ FilesTransferred, EstimatedFilesToTransfer }: DescribeTaskExecutionCommandOutput) {
  if (!FilesTransferred && !EstimatedFilesToTransfer) return {};
  return { files: { transferred: FilesTransferred ?? 0, estimated: EstimatedFilesToTransfer ?? 0 } };
}
