import { type DataSyncClient, InvalidRequestException, paginateListTaskExecutions } from '@aws-sdk/client-datasync';
import type { ExecutionArn } from '../domain/execution/task-execution.ts';
import { AwsFault } from '../workflow/faults.ts';
import { UNKNOWN_STATUS } from './to-task-execution.ts';

/** The role that reads the list, and its account. */
interface Reader {
  role: string | null;
  account(): Promise<string>;
}

/**
 * The status that ListTaskExecutions gives; null where the execution is not listed. All pages of the task are read, or of the whole
 * Region where the task was deleted: then AWS refuses its ARN as invalid.
 * @throws AwsFault of the kind `not-found` where the list is another account's, which says nothing about this execution
 */
export async function listedStatus(
  client: DataSyncClient,
  { arn, taskArn, account }: ExecutionArn,
  reader: Reader,
  abortSignal: AbortSignal,
): Promise<string | null> {
  const statusIn = async (input: { TaskArn?: string }): Promise<string | null> => {
    let found: string | null = null;
    for await (const { TaskExecutions = [] } of paginateListTaskExecutions({ client }, input, { abortSignal })) {
      const listed = TaskExecutions.find(({ TaskExecutionArn }) => TaskExecutionArn === arn);
      if (listed) found = listed.Status ?? UNKNOWN_STATUS;
    }
    return found;
  };
  const found = await statusIn({ TaskArn: taskArn }).catch((error: unknown) => {
    if (!(error instanceof InvalidRequestException)) throw error;
    return statusIn({});
  });
  if (found !== null) return found;
  // The role of the policy rule, or the bot's own account, may have been replaced by another one since.
  const looked = await reader.account();
  if (looked === account) return null;
  const cause = new Error(`account ${looked} was looked at, and the execution is of account ${account}`);
  throw new AwsFault('not-found', { operation: 'datasync:ListTaskExecutions', role: reader.role, cause });
}
