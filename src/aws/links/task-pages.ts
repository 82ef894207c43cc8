import {
  type DataSyncClient,
  ListTasksCommand,
  type ListTasksCommandOutput,
  type TaskFilter,
} from '@aws-sdk/client-datasync';
import type { ListTarget } from '../../workflow/ports/executions.ts';

/** Makes one call under the role of a target, which is counted and bounded in time. @throws AwsFault */
export type CallAws = <T>(
  operation: string,
  send: (client: DataSyncClient, abortSignal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** Makes calls to a target that have a time limit together. @throws AwsFault */
export type BoundedCalls = <T>(target: ListTarget, run: (call: CallAws) => Promise<T>) => Promise<T>;

interface TaskPage {
  /** Status by the ARN of the task; null where AWS gave none. */
  statuses: ReadonlyMap<string, string | null>;
  last: boolean;
}

/** ListTasks, a call a page. @throws AwsFault */
export async function* taskPages(call: CallAws, filters?: TaskFilter[]): AsyncGenerator<TaskPage, void, void> {
  let token: string | undefined;
  do {
    const input = { Filters: filters, NextToken: token, MaxResults: LARGEST_PAGE };
    const { Tasks = [], NextToken }: ListTasksCommandOutput = await call('ListTasks', (client, abortSignal) =>
      client.send(new ListTasksCommand(input), { abortSignal }),
    );
    token = NextToken;
    const statuses = Tasks.flatMap(({ TaskArn, Status }): [string, string | null][] =>
      TaskArn === undefined ? [] : [[TaskArn, Status ?? null]],
    );
    yield { statuses: new Map(statuses), last: token === undefined };
  } while (token !== undefined);
}

/** AWS takes no larger one. */
const LARGEST_PAGE = 100;
