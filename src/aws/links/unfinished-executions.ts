import {
  DescribeTaskCommand,
  ListTaskExecutionsCommand,
  type ListTaskExecutionsCommandOutput,
} from '@aws-sdk/client-datasync';
import { LRUCache } from 'lru-cache';
import { isActive, isUpdatable } from '../../domain/execution/task-execution.ts';
import { AwsFault } from '../../workflow/faults.ts';
import { UNKNOWN_STATUS } from '../to-task-execution.ts';
import type { CallAws } from './task-pages.ts';

export interface UnfinishedExecutions {
  /**
   * ARNs of the executions of a task that run or are queued. DescribeTask alone, where nothing has changed.
   * @param statusOf the status of an execution, by DescribeTaskExecution
   * @throws AwsFault
   */
  of(task: string, call: CallAws, statusOf: (arn: string) => Promise<string>): Promise<string[]>;
}

/** More than run at once on most links. One that was dropped costs one more call at the next look. */
export const MAX_TASKS = 500;
/** UNAVAILABLE: its agent is offline. What was running then is found again when it is back. */
const IDLE: readonly string[] = ['AVAILABLE', 'CREATING', 'UNAVAILABLE'];

/** Whether nothing can be transferred by a task with this status. An unknown status does not say that. */
export function isIdle(status: string | null): boolean {
  return status !== null && IDLE.includes(status);
}

export function createUnfinishedExecutions(): UnfinishedExecutions {
  /** The newest execution of a task, where no older one was unfinished. None will be any more. */
  const alone = new LRUCache<string, string>({ max: MAX_TASKS });

  return {
    async of(task, call, statusOf) {
      const { Status: status, CurrentTaskExecutionArn: newest } = await call('DescribeTask', (client, abortSignal) =>
        client.send(new DescribeTaskCommand({ TaskArn: task }), { abortSignal }),
      );
      if (newest === undefined || isIdle(status ?? null)) return [];
      if (alone.get(task) === newest) return [newest];
      // DescribeTask names the newest execution alone. While that waits, or after it was cancelled, older ones may run.
      const runs = await hasBegun(newest, statusOf);
      const unfinished = runs ? [newest] : await list(task, newest, call);
      if (unfinished.every((arn) => arn === newest)) alone.set(task, newest);
      return unfinished;
    },
  };
}

/** A task runs one execution at a time, so all older ones have ended then. */
async function hasBegun(arn: string, statusOf: (arn: string) => Promise<string>): Promise<boolean> {
  try {
    const status = await statusOf(arn);
    return status !== 'QUEUED' && isUpdatable(status);
  } catch (fault) {
    // It was named just now, so it is too new to be found everywhere.
    if (fault instanceof AwsFault && fault.kind === 'not-found') return false;
    throw fault;
  }
}

/** All pages: AWS keeps what has ended for 30 days, and says nothing about the order. */
async function list(task: string, newest: string, call: CallAws): Promise<string[]> {
  // It may be too new for the list.
  const statuses = new Map([[newest, UNKNOWN_STATUS]]);
  let token: string | undefined;
  do {
    const input = { TaskArn: task, NextToken: token };
    const page: ListTaskExecutionsCommandOutput = await call('ListTaskExecutions', (client, abortSignal) =>
      client.send(new ListTaskExecutionsCommand(input), { abortSignal }),
    );
    for (const { TaskExecutionArn: arn, Status: status } of page.TaskExecutions ?? []) {
      if (arn !== undefined) statuses.set(arn, status ?? UNKNOWN_STATUS);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return [...statuses].flatMap(([arn, status]) => (isActive(status) ? [arn] : []));
}
