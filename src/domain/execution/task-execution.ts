import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import { hiddenIn, plainTyped } from '../text/invisible.ts';
import { quoted } from '../text/quoted.ts';

/** The parts of the ARN of one DataSync task execution. */
export interface ExecutionArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  /** The AWS account, 12 digits. */
  readonly account: string;
  /** `task-…` */
  readonly taskId: string;
  /** `exec-…` */
  readonly executionId: string;
  readonly taskArn: string;
}

export interface ArnProblem {
  readonly kind: 'task-arn' | 'agent-arn' | 'location-arn' | 'other-service' | 'not-an-arn' | 'malformed';
  /** The typed text, at most 60 characters. */
  readonly quoted: string;
  /** What to write instead, as the end of a sentence. */
  readonly instead: string;
}

/** A task execution at one moment, as DescribeTaskExecution returns it. */
export interface TaskExecution {
  readonly arn: string;
  /** AWS's status; new ones may be added. */
  readonly status: string;
  readonly mode: string | null;
  /** The current limit, or -1 for none. */
  readonly bytesPerSecond: number;
  readonly taskName: string | null;
  readonly bytesTransferred: number;
  /** 0 until AWS has prepared the transfer. Until then there is no progress and no estimate. */
  readonly bytesEstimated: number;
  readonly bytesWritten: number;
  /** Bytes sent over the wire, after compression. */
  readonly bytesCompressed: number;
  /** ISO 8601 */
  readonly startedAt: string | null;
  /** Absent while it runs. ISO 8601 */
  readonly endedAt?: string;
  /** When this was read, ISO 8601. */
  readonly lookedAt: string;
  /** AWS's request id of the read, for the audit log. */
  readonly requestId: string | null;
  /** Absent if AWS does not count files (yet). */
  readonly files?: { readonly transferred: number; readonly estimated: number };
}

/** The partitions of the DataSync API model of 2018-11-09, in its pattern of a TaskExecutionArn. */
export const PARTITIONS: readonly string[] = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b'];

/** The statuses in which UpdateTaskExecution can change the limit. */
export const UPDATABLE: readonly string[] = ['QUEUED', 'LAUNCHING', 'PREPARING', 'TRANSFERRING', 'VERIFYING'];

const FINISHED: readonly string[] = ['SUCCESS', 'ERROR'];
const CANCELLING = 'CANCELLING';
const MAX_ARN_LENGTH = 128;
const SHAPE = '`arn:aws:datasync:REGION:ACCOUNT:task/task-…/execution/exec-…`';

export function isUpdatable(status: string): boolean {
  return UPDATABLE.includes(status);
}

/** Whether the limit certainly can't be changed any more. An unknown status does not say that. */
export function isBeyondChange(status: string): boolean {
  return status === CANCELLING || FINISHED.includes(status);
}

/** Whether the execution has not ended. CANCELLING, or an unknown status, is not an end. */
export function isActive(status: string): boolean {
  return !FINISHED.includes(status);
}

/** The transferred share of the estimated bytes, 0 to 1; null while AWS has no estimate. */
export function progress(execution: Pick<TaskExecution, 'bytesTransferred' | 'bytesEstimated'>): number | null {
  if (!(execution.bytesEstimated > 0)) return null;
  return Math.min(1, Math.max(0, execution.bytesTransferred / execution.bytesEstimated));
}

/** Parses the ARN of a task execution. A refusal says what kind of thing was given instead. */
export function parseExecutionArn(text: string): Result<ExecutionArn, ArnProblem> {
  const arn = plainTyped(text).trim();
  const refuse = (kind: ArnProblem['kind'], instead: string) =>
    bad<ArnProblem>({ kind, quoted: quoted(text), instead });

  const hidden = hiddenIn(arn.slice(0, 2 * MAX_ARN_LENGTH));
  if (hidden !== null) return refuse('malformed', `write it again without the invisible character ${hidden}`);
  const [scheme, partition = '', service = '', region = '', account = '', resource = '', ...more] = arn.split(':', 8);
  if (scheme !== 'arn') return refuse('not-an-arn', `write the whole ARN of the task execution, ${SHAPE}`);
  if (service !== 'datasync') return refuse('other-service', `write the ARN of a DataSync task execution, ${SHAPE}`);
  if (/^task\/[^/]*\/?$/.test(resource)) {
    return refuse('task-arn', 'write the ARN of one execution of this task: it goes on with `/execution/exec-…`');
  }
  if (resource.startsWith('agent/'))
    return refuse('agent-arn', `write the ARN of a task execution, ${SHAPE}, not of an agent`);
  if (resource.startsWith('location/')) {
    return refuse('location-arn', `write the ARN of a task execution, ${SHAPE}, not of a location`);
  }

  const malformed = (part: string) => refuse('malformed', `write ${SHAPE}: ${part}`);
  if (!PARTITIONS.includes(partition)) return malformed(`the partition is one of ${PARTITIONS.join(', ')}`);
  if (!/^[a-z\-0-9]+$/.test(region)) return malformed('the Region is like `us-east-1`');
  if (!/^[0-9]{12}$/.test(account)) return malformed('the account is 12 digits');
  const ids = /^task\/(task-[0-9a-f]{17})\/execution\/(exec-[0-9a-f]{17})$/.exec(resource);
  const [, taskId, executionId] = ids ?? [];
  if (taskId === undefined || executionId === undefined || more.length > 0) {
    return malformed('`task-` and `exec-` are each followed by 17 of 0-9 and a-f');
  }
  if (arn.length > MAX_ARN_LENGTH) return malformed(`an ARN has at most ${MAX_ARN_LENGTH} characters`);
  const taskArn = `arn:${partition}:datasync:${region}:${account}:task/${taskId}`;
  return good({ arn, partition, region, account, taskId, executionId, taskArn });
}
