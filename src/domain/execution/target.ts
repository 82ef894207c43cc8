import { bad, good, type Result } from '../result.ts';
import { hiddenIn, plainTyped } from '../text/invisible.ts';
import { quoted } from '../text/quoted.ts';
import { type ArnProblem, type ExecutionArn, parseExecutionArn } from './task-execution.ts';

/** What a person names an execution by. */
export type Target =
  | { readonly kind: 'arn'; readonly execution: ExecutionArn }
  /** At least one of the two ids. Null: not given. */
  | {
      readonly kind: 'ids';
      readonly taskId: string | null;
      readonly executionId: string | null;
      readonly region: string | null;
      readonly account: string | null;
    }
  /** Of a task, exactly as it is written in AWS. */
  | { readonly kind: 'name'; readonly name: string };

type TargetIds = Extract<Target, { kind: 'ids' }>;

export interface TargetProblem {
  readonly kind: ArnProblem['kind'] | 'malformed-id' | 'not-a-console-address' | 'no-name';
  readonly quoted: string;
  readonly instead: string;
}

const TASK_ARN = /^arn:[^:]*:datasync:([a-z\-0-9]+):([0-9]{12}):task\/(task-[0-9a-f]{17})\/?$/;
const IDS = /^(?:task\/)?(?:(task-[0-9a-f]{17})|(?:(task-[0-9a-f]{17})\/(?:executions?\/)?)?(exec-[0-9a-f]{17}))$/i;
/** Long enough that no task is called so, and not an id. */
const NEARLY_ID = /^(?:task|exec)-[0-9a-f]{10,}$/i;
/** DataSync's pattern of a task's name; at most so many characters. */
const NAME = /^[a-zA-Z0-9\s+=._:@/-]+$/;
const MAX_NAME_LENGTH = 256;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d$/;
/** The hosts of the AWS console, by partition. The account, of one session among several, and the Region may come before. */
const CONSOLE_HOST =
  /^(?:(\d{12})-[a-z0-9]+\.)?(?:([a-z]{2,}(?:-[a-z]+)+-\d)\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)$/;

export function looksLikeTarget(text: string): boolean {
  const plain = plainTyped(text).trim();
  return (
    /^(?:arn:|https?:\/\/)/i.test(plain) ||
    IDS.test(plain) ||
    NEARLY_ID.test(plain) ||
    /^(?:agent|loc)-[0-9a-f]/i.test(plain)
  );
}

/**
 * Reads an ARN, the ids of a task or an execution, or the address of its page in the AWS console; anything else is the name
 * of a task. Nothing is looked up.
 */
export function parseTarget(text: string): Result<Target, TargetProblem> {
  const plain = plainTyped(text).trim();
  const refuse = (kind: TargetProblem['kind'], instead: string) =>
    bad<TargetProblem>({ kind, quoted: quoted(text), instead });
  if (/^arn:/i.test(plain)) return parseArn(plain, text);
  if (/^https?:\/\//i.test(plain)) {
    const ids = consoleIds(plain);
    if (ids !== null) return good(ids);
    return refuse(
      'not-a-console-address',
      'write the address of the page of one task or execution in the AWS console, with the Region of its host, or its ARN',
    );
  }
  const [, task = null, itsTask = null, executionId = null] = IDS.exec(plain) ?? [];
  const taskId = task ?? itsTask;
  if (taskId !== null || executionId !== null) return good(idsOf({ taskId, executionId }));
  if (NEARLY_ID.test(plain))
    return refuse('malformed-id', '`task-` and `exec-` are each followed by 17 of 0-9 and a-f');
  if (/^agent-[0-9a-f]/i.test(plain))
    return refuse('agent-arn', 'write the id or ARN of a task or a task execution, not of an agent');
  if (/^loc-[0-9a-f]/i.test(plain))
    return refuse('location-arn', 'write the id or ARN of a task or a task execution, not of a location');
  return parseName(plainTyped(text).replace(/\s/g, ' '), refuse);
}

function parseName(
  plain: string,
  refuse: (kind: TargetProblem['kind'], instead: string) => Result<Target, TargetProblem>,
): Result<Target, TargetProblem> {
  const hidden = hiddenIn(plain);
  if (hidden !== null) return refuse('no-name', `write it again without the invisible character ${hidden}`);
  if (!NAME.test(plain) || plain.trim() === '' || plain.length > MAX_NAME_LENGTH) {
    return refuse('no-name', 'write the ARN of a task execution, an id, or the name of a task as AWS shows it');
  }
  return good({ kind: 'name', name: plain });
}

/** An ARN has no capital letters, so typed ones are put right. */
function parseArn(plain: string, typed: string): Result<Target, TargetProblem> {
  const lower = plain.toLowerCase();
  const [, region = null, account = null, taskId = null] = TASK_ARN.exec(lower) ?? [];
  if (taskId !== null) return good(idsOf({ taskId, region, account }));
  const execution = parseExecutionArn(lower);
  return execution.ok
    ? good({ kind: 'arn', execution: execution.value })
    : bad({ ...execution.problem, quoted: quoted(typed) });
}

/** What a page of the AWS console is about; null where it is another page, or contradicts itself. The page is not fetched. */
function consoleIds(address: string): TargetIds | null {
  if (!URL.canParse(address)) return null;
  const { hostname, searchParams, hash, pathname, protocol, username, port } = new URL(address);
  const host = CONSOLE_HOST.exec(hostname);
  if (protocol !== 'https:' || host === null || username !== '' || port !== '' || !pathname.startsWith('/datasync/'))
    return null;
  const [, account = null, hostRegion = null] = host;
  const regions = new Set([...searchParams.getAll('region'), ...(hostRegion === null ? [] : [hostRegion])]);
  const [region = ''] = regions;
  if (regions.size !== 1 || !REGION.test(region)) return null;
  const page = decoded(hash).toLowerCase();
  const taskIds = new Set(page.match(/\btask-[0-9a-f]{17}\b/g));
  const executionIds = new Set(page.match(/\bexec-[0-9a-f]{17}\b/g));
  if (taskIds.size > 1 || executionIds.size > 1 || taskIds.size + executionIds.size === 0) return null;
  const [taskId = null] = taskIds;
  const [executionId = null] = executionIds;
  return idsOf({ taskId, executionId, region, account });
}

function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

function idsOf(given: Partial<Omit<TargetIds, 'kind'>>): TargetIds {
  const { taskId = null, executionId = null, region = null, account = null } = given;
  return {
    kind: 'ids',
    taskId: taskId?.toLowerCase() ?? null,
    executionId: executionId?.toLowerCase() ?? null,
    region,
    account,
  };
}

/** Whether an execution is one that these ids name. */
export function isNamedBy(target: TargetIds, { taskId, executionId, region, account }: ExecutionArn): boolean {
  const holds = (wanted: string | null, found: string) => wanted === null || wanted === found;
  return (
    holds(target.taskId, taskId) &&
    holds(target.executionId, executionId) &&
    holds(target.region, region) &&
    holds(target.account, account)
  );
}

/** Whether a name is likely to be meant by another one: it differs in capital letters, spaces, dots or underscores. */
export function isSimilar(name: string, typed: string): boolean {
  return core(name) !== '' && core(name) === core(typed);
}

function core(name: string): string {
  return name
    .toLowerCase()
    .split(/[\s._]+/)
    .filter((part) => part !== '')
    .join(' ');
}
