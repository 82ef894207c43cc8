import { randomBytes } from 'node:crypto';
import {
  advance,
  type ExecutionRun,
  enter,
  estimatedBytes,
  isMoving,
  newRun,
  nextTurn,
  type RunPlan,
  rateOf,
  type Sample,
  setLimit,
} from './execution-run.ts';
import { type TaskState, taskState } from './task-state.ts';

export interface NewTask {
  name: string;
  account: string;
  region: string;
  mode?: 'BASIC' | 'ENHANCED';
  /** ARNs of its locations; ones of its own if not said. */
  source?: string;
  destination?: string;
}

/** Everything but the size has a default. Durations in milliseconds, before `speed` divides them. */
export interface NewExecution {
  bytes: number;
  /** The limit it starts with; -1 (the default) is none. */
  bytesPerSecond?: number;
  /** What the network gives where no limit bites: 125 MB/s if not said. */
  linkBytesPerSecond?: number;
  /** Where it begins: LAUNCHING if not said. QUEUED comes by itself where another one of the task runs. */
  status?: string;
  /** Bytes that are over already when it begins in TRANSFERRING. */
  transferred?: number;
  compression?: number;
  launchMs?: number;
  prepareMs?: number;
  verifyMs?: number;
  cancelMs?: number;
  changeDelayMs?: number;
}

/** An execution at one moment. Times are ISO 8601, rates bytes per second. */
export interface ExecutionState {
  arn: string;
  taskArn: string;
  taskName: string;
  mode: 'BASIC' | 'ENHANCED';
  status: string;
  /** As DescribeTaskExecution tells it. */
  bytesPerSecond: number;
  /** The limit that bites now, which follows a change after a while. */
  bytesPerSecondInForce: number;
  rate: number;
  linkBytesPerSecond: number;
  bytes: number;
  bytesTransferred: number;
  bytesCompressed: number;
  bytesEstimated: number;
  createdAt: string;
  launchedAt: string | null;
  endedAt: string | null;
  /** The turns of its bandwidth curve, and this moment as the last. */
  history: Sample[];
}

/** The tasks and executions of every account and Region. An unknown ARN throws: the caller made it up. */
export interface World {
  addTask(task: NewTask): string;
  start(taskArn: string, execution: NewExecution): string;
  queue(taskArn: string, execution: NewExecution): string;
  /** Lets an execution that was queued behind nothing go. */
  launch(arn: string): void;
  /** Into a status, whatever it was in; one that AWS does not have yet as well. */
  enter(arn: string, status: string): void;
  setLimit(arn: string, bytesPerSecond: number): void;
  execution(arn: string): ExecutionState;
  executions(): ExecutionState[];
  tasks(): TaskState[];
  has(arn: string): boolean;
  /** As AWS does some 30 days after an execution has ended. */
  forget(arn: string): void;
  /** Epoch milliseconds of what happens next by itself; null if nothing will. */
  nextTurn(): number | null;
}

interface Task extends Required<NewTask> {
  arn: string;
  createdAt: number;
  runs: Map<string, ExecutionRun>;
}

/** @param speed divides what phases and changes take; bytes flow in real time, so that a measured rate is the true one */
export function createWorld(now: () => number, speed: number): World {
  const tasks = new Map<string, Task>();

  const taskOf = (arn: string): Task => {
    const task = tasks.get(arn.split('/execution/')[0] ?? '');
    if (!task) throw new Error(`The local DataSync has no task ${arn}`);
    return task;
  };
  const runOf = (arn: string): { task: Task; run: ExecutionRun } => {
    const task = taskOf(arn);
    const run = task.runs.get(arn);
    if (!run) throw new Error(`The local DataSync has no execution ${arn}`);
    return { task, run };
  };
  const settled = () => {
    const at = now();
    for (const task of tasks.values()) settle(task, at);
    return at;
  };
  const add = (taskArn: string, execution: NewExecution, queued: boolean): string => {
    const at = settled();
    const task = taskOf(taskArn);
    const arn = `${task.arn}/execution/exec-${hex17()}`;
    const busy = [...task.runs.values()].some((run) => isMoving(run));
    const status = queued ? 'QUEUED' : (execution.status ?? (busy ? 'QUEUED' : 'LAUNCHING'));
    const run = newRun(planOf(execution, speed), status, at);
    run.held = status === 'QUEUED' && !busy;
    task.runs.set(arn, run);
    return arn;
  };

  return {
    addTask: (task) => {
      const here = `arn:${partitionOf(task.region)}:datasync:${task.region}:${task.account}`;
      const arn = `${here}:task/task-${hex17()}`;
      const [source, destination] = [`${here}:location/loc-${hex17()}`, `${here}:location/loc-${hex17()}`];
      tasks.set(arn, { mode: 'BASIC', source, destination, ...task, arn, createdAt: now(), runs: new Map() });
      return arn;
    },
    start: (taskArn, execution) => add(taskArn, execution, false),
    queue: (taskArn, execution) => add(taskArn, execution, true),
    launch: (arn) => {
      const at = settled();
      enter(runOf(arn).run, 'LAUNCHING', at);
    },
    enter: (arn, status) => {
      const at = settled();
      const { task, run } = runOf(arn);
      enter(run, status, at);
      settle(task, at);
    },
    setLimit: (arn, bytesPerSecond) => {
      const at = settled();
      setLimit(runOf(arn).run, bytesPerSecond, at);
    },
    execution: (arn) => {
      settled();
      const { task, run } = runOf(arn);
      return stateOf(task, arn, run);
    },
    executions: () => {
      settled();
      return [...tasks.values()].flatMap((task) => [...task.runs].map(([arn, run]) => stateOf(task, arn, run)));
    },
    tasks: () => {
      settled();
      return [...tasks.values()].map(taskState);
    },
    has: (arn) => tasks.has(arn) || tasks.get(arn.split('/execution/')[0] ?? '')?.runs.has(arn) === true,
    forget: (arn) => {
      runOf(arn).task.runs.delete(arn);
    },
    nextTurn: () => {
      const turns = [...tasks.values()].flatMap((task) => [...task.runs.values()].map(nextTurn));
      const next = Math.min(...turns.filter((turn) => turn !== null));
      return Number.isFinite(next) ? next : null;
    },
  };
}

/** Moves a task's executions on; where none runs any more, the next one in the queue begins when the last one ended. */
function settle(task: Task, at: number): void {
  for (;;) {
    const runs = [...task.runs.values()];
    for (const run of runs) advance(run, at);
    const next = runs.find((run) => run.status === 'QUEUED' && !run.held);
    if (!next || runs.some(isMoving)) return;
    const ended = runs.map((run) => run.endedAt ?? Number.NEGATIVE_INFINITY);
    enter(next, 'LAUNCHING', Math.max(next.createdAt, ...ended));
  }
}

function planOf(execution: NewExecution, speed: number): RunPlan {
  return {
    bytes: execution.bytes,
    transferred: execution.transferred ?? 0,
    bytesPerSecond: execution.bytesPerSecond ?? -1,
    linkBytesPerSecond: execution.linkBytesPerSecond ?? 125_000_000,
    compression: execution.compression ?? 1,
    launchMs: (execution.launchMs ?? 3_000) / speed,
    prepareMs: (execution.prepareMs ?? 8_000) / speed,
    verifyMs: (execution.verifyMs ?? 8_000) / speed,
    cancelMs: (execution.cancelMs ?? 2_000) / speed,
    changeDelayMs: (execution.changeDelayMs ?? 2_000) / speed,
  };
}

function stateOf(task: Task, arn: string, run: ExecutionRun): ExecutionState {
  const transferred = Math.floor(run.bytes);
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    arn,
    taskArn: task.arn,
    taskName: task.name,
    mode: task.mode,
    status: run.status,
    bytesPerSecond: run.configuredLimit,
    bytesPerSecondInForce: run.limit,
    rate: rateOf(run),
    linkBytesPerSecond: run.plan.linkBytesPerSecond,
    bytes: run.plan.bytes,
    bytesTransferred: transferred,
    bytesCompressed: Math.floor(transferred * run.plan.compression),
    bytesEstimated: estimatedBytes(run),
    createdAt: new Date(run.createdAt).toISOString(),
    launchedAt: iso(run.launchedAt),
    endedAt: iso(run.endedAt),
    history: [...run.history, { at: run.seenAt, bytes: transferred, limit: run.limit, rate: rateOf(run) }],
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

function hex17(): string {
  return randomBytes(9).toString('hex').slice(0, 17);
}
