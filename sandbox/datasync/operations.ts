import { AwsRefusal, invalidRequest } from './refusal.ts';
import type { Caller } from './sessions.ts';
import { filteredTasks } from './task-filters.ts';
import type { World } from './world.ts';

type Input = Record<string, unknown>;
type Operation = (world: World, input: Input, caller: Caller) => Record<string, unknown>;

const TASK =
  /^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso|aws-iso-b):datasync:([a-z\-0-9]+):([0-9]{12}):task\/task-[0-9a-f]{17}$/;
const EXECUTION =
  /^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso|aws-iso-b):datasync:([a-z\-0-9]+):([0-9]{12}):task\/task-[0-9a-f]{17}\/execution\/exec-[0-9a-f]{17}$/;
const UPDATABLE = ['QUEUED', 'LAUNCHING', 'PREPARING', 'TRANSFERRING', 'VERIFYING'];
const PAGE = 100;

/**
 * The operations of DataSync that the bot uses, as AWS DataSync's API reference (2018-11-09) describes them. Each answers
 * with the JSON body, or throws an AwsRefusal.
 */
export const operations: Readonly<Record<string, Operation>> = {
  DescribeTaskExecution: (world, input, caller) => {
    const arn = checkedArn(input.TaskExecutionArn, EXECUTION, 'datasync:DescribeTaskExecution', caller);
    if (!world.has(arn)) throw invalidRequest(`Task execution ${arn} was not found.`);
    const execution = world.execution(arn);
    return {
      TaskExecutionArn: arn,
      Status: execution.status,
      TaskMode: execution.mode,
      Options: { ...DEFAULT_OPTIONS, BytesPerSecond: execution.bytesPerSecond },
      Excludes: [],
      Includes: [],
      StartTime: epochSeconds(execution.createdAt),
      ...(execution.launchedAt === null ? {} : { LaunchTime: epochSeconds(execution.launchedAt) }),
      ...(execution.endedAt === null ? {} : { EndTime: epochSeconds(execution.endedAt) }),
      EstimatedBytesToTransfer: execution.bytesEstimated,
      BytesTransferred: execution.bytesTransferred,
      BytesWritten: execution.bytesTransferred,
      BytesCompressed: execution.bytesCompressed,
      ...(execution.status === 'ERROR' ? { Result: { ErrorCode: 'Cancelled', ErrorDetail: 'It was ended.' } } : {}),
    };
  },

  UpdateTaskExecution: (world, input, caller) => {
    const arn = checkedArn(input.TaskExecutionArn, EXECUTION, 'datasync:UpdateTaskExecution', caller);
    const options = input.Options;
    if (typeof options !== 'object' || options === null) throw invalidRequest('Options is missing.');
    const limit = 'BytesPerSecond' in options ? options.BytesPerSecond : undefined;
    if (!world.has(arn)) throw invalidRequest(`Task execution ${arn} was not found.`);
    const { status } = world.execution(arn);
    if (!UPDATABLE.includes(status)) throw invalidRequest(`Task execution ${arn} can't be updated: it is ${status}.`);
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < -1) {
      throw invalidRequest(`Invalid parameter: BytesPerSecond ${JSON.stringify(limit)}.`);
    }
    world.setLimit(arn, limit);
    return {};
  },

  ListTaskExecutions: (world, input, caller) => {
    allowed('datasync:ListTaskExecutions', '*', caller);
    const task = input.TaskArn;
    if (task !== undefined && (typeof task !== 'string' || !TASK.test(task)))
      throw invalidRequest('Malformed TaskArn.');
    const all = world
      .executions()
      .filter((execution) => visible(execution.arn, caller) && (task === undefined || execution.taskArn === task));
    const { page, rest } = paged(all, input);
    return {
      TaskExecutions: page.map(({ arn, status, mode }) => ({ TaskExecutionArn: arn, Status: status, TaskMode: mode })),
      ...rest,
    };
  },

  ListTasks: (world, input, caller) => {
    allowed('datasync:ListTasks', '*', caller);
    const all = filteredTasks(
      world.tasks().filter((task) => visible(task.arn, caller)),
      input.Filters,
    );
    const { page, rest } = paged(all, input);
    return {
      Tasks: page.map(({ arn, status, name, mode }) => ({ TaskArn: arn, Status: status, Name: name, TaskMode: mode })),
      ...rest,
    };
  },

  DescribeTask: (world, input, caller) => {
    const arn = checkedArn(input.TaskArn, TASK, 'datasync:DescribeTask', caller);
    const task = world.tasks().find((one) => one.arn === arn);
    if (!task) throw invalidRequest(`Task ${arn} was not found.`);
    return {
      TaskArn: arn,
      Status: task.status,
      Name: task.name,
      TaskMode: task.mode,
      Options: { ...DEFAULT_OPTIONS, BytesPerSecond: -1 },
      SourceLocationArn: task.source,
      DestinationLocationArn: task.destination,
      CreationTime: task.createdAt / 1000,
      ...(task.latest === null ? {} : { CurrentTaskExecutionArn: task.latest }),
    };
  },
};

const DEFAULT_OPTIONS = { VerifyMode: 'POINT_IN_TIME_CONSISTENT', OverwriteMode: 'ALWAYS', TaskQueueing: 'ENABLED' };

/** Wrong form first, then who may, then whether the Region's endpoint knows it: the order in which AWS finds out. */
function checkedArn(arn: unknown, pattern: RegExp, action: string, caller: Caller): string {
  const parts = typeof arn === 'string' && arn.length <= 128 ? pattern.exec(arn) : null;
  if (typeof arn !== 'string' || !parts) throw invalidRequest(`Malformed ARN: ${JSON.stringify(arn)}.`);
  allowed(action, arn, caller);
  if (parts[2] !== caller.region) throw invalidRequest(`${arn} was not found in ${caller.region}.`);
  return arn;
}

function allowed(action: string, resource: string, caller: Caller): void {
  const account = resource === '*' ? caller.account : resource.split(':')[4];
  if ((caller.account === null || caller.account === account) && caller.mayDo(action, resource)) return;
  throw accessDenied(action, resource, caller);
}

export function accessDenied(
  action: string,
  resource: string,
  caller: Caller,
  message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`,
): AwsRefusal {
  return new AwsRefusal('AccessDeniedException', 400, message);
}

function visible(arn: string, caller: Caller): boolean {
  const [, , , region, account] = arn.split(':');
  return region === caller.region && (caller.account === null || caller.account === account);
}

function paged<T>(all: T[], input: Input): { page: T[]; rest: { NextToken?: string } } {
  const size = input.MaxResults ?? PAGE;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > PAGE) {
    throw invalidRequest('MaxResults is out of range.');
  }
  const token = input.NextToken;
  const from = token === undefined ? 0 : Number(Buffer.from(String(token), 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) throw invalidRequest('Invalid NextToken.');
  const end = from + (size || PAGE);
  const rest = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { page: all.slice(from, end), rest };
}

function epochSeconds(iso: string): number {
  return Date.parse(iso) / 1000;
}
