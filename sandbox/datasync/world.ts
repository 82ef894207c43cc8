import { randomBytes } from 'node:crypto';
import {
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
import { settle } from './settle.ts';
import { type TaskState, taskState } from './task-state.ts';
import { createWires, type NewWire, type Wire } from './wires.ts';

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
  /** What the network gives where no limit bites and nobody shares its wire: 125 MB/s if not said. */
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
  /** What flows now: less than the limit where others share its wire. */
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
  /** From now on the executions of these tasks share its capacity, by max-min fairness. */
  addWire(wire: NewWire): void;
  wires(): Wire[];
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
  const wires = createWires(() => tasks.keys());
  let groups = wires.groups<Task>([]);

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
    for (const group of groups) settle(group.tasks, group.capacity, at);
    return at;
  };
  /** What is done has its effect at once, on the others on its wire too. */
  const change = <T>(act: (at: number) => T): T => {
    const done = act(settled());
    groups = wires.groups(tasks.values());
    settled();
    return done;
  };
  const add = (taskArn: string, execution: NewExecution, queued: boolean, at: number): string => {
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
    addTask: (task) =>
      change((createdAt) => {
        const here = `arn:${partitionOf(task.region)}:datasync:${task.region}:${task.account}`;
        const arn = `${here}:task/task-${hex17()}`;
        const [source, destination] = [`${here}:location/loc-${hex17()}`, `${here}:location/loc-${hex17()}`];
        tasks.set(arn, { mode: 'BASIC', source, destination, ...task, arn, createdAt, runs: new Map() });
        return arn;
      }),
    addWire: (wire) => change(() => wires.add(wire)),
    wires: wires.all,
    start: (taskArn, execution) => change((at) => add(taskArn, execution, false, at)),
    queue: (taskArn, execution) => change((at) => add(taskArn, execution, true, at)),
    launch: (arn) => change((at) => enter(runOf(arn).run, 'LAUNCHING', at)),
    enter: (arn, status) => change((at) => enter(runOf(arn).run, status, at)),
    setLimit: (arn, bytesPerSecond) => change((at) => setLimit(runOf(arn).run, bytesPerSecond, at)),
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
    forget: (arn) => change(() => void runOf(arn).task.runs.delete(arn)),
    nextTurn: () => {
      const turns = [...tasks.values()].flatMap((task) => [...task.runs.values()].map(nextTurn));
      const next = Math.min(...turns.filter((turn) => turn !== null));
      return Number.isFinite(next) ? next : null;
    },
  };
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
