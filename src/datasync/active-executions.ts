import {
  type DataSyncClient,
  DescribeTaskExecutionCommand,
  paginateListTaskExecutions,
  paginateListTasks,
} from '@aws-sdk/client-datasync';
import { isBeyondChange, type TaskExecution } from '../domain/task-execution.ts';
import { AwsFault } from '../workflow/faults.ts';
import type { ActiveExecution, ActiveList, Clock, ListTarget } from '../workflow/ports.ts';
import { toAwsFault } from './aws-fault.ts';
import type { Clients } from './clients.ts';
import { seenExecution } from './seen-execution.ts';
import type { TaskNames } from './task-names.ts';
import { type TimeLimits, within } from './time-limits.ts';

export interface ActiveExecutions {
  /**
   * What is known of all targets after `withinMs` (`limits.list`), at most `listKept` old. A target that could not be seen is
   * in `failed`: no fault of AWS rejects.
   */
  list(targets: readonly ListTarget[], options?: { details?: boolean; withinMs?: number }): Promise<ActiveList>;
  /** Looks at executions that a list has found. Never rejects: what can't be had in time, or not at all, is left out. */
  lookAt(arns: readonly string[], withinMs: number): Promise<ReadonlyMap<string, TaskExecution>>;
  /** After a change what is kept of this Region is old. */
  forget(region: string): void;
  /** Ends the looks that go on in the background. */
  close(): void;
}

/** One look at one target: it fills up while it goes on, and goes on when nobody waits any more. */
interface Flight {
  target: ListTarget;
  startedAt: number;
  /** When it failed, if it did. */
  failedAt: number | null;
  found: Map<string, ActiveExecution>;
  looks: Map<string, Omit<TaskExecution, 'taskName'>>;
  /** Every execution that is found is described; else only those that are asked for. */
  details: boolean;
  /** Those that wait for their turn. */
  waiting: (() => void)[];
  /** By ARN; what is done stays, so that nothing is described twice. */
  describing: Map<string, Promise<void>>;
  underWay: number;
  client: DataSyncClient | null;
  /** All pages are read: nothing is missing but details. */
  listed: boolean;
  fault: AwsFault | null;
  /** A fault of this program on the way: whoever asks is told of it. */
  broken: { error: unknown } | null;
  done: Promise<void>;
}

const OPERATION = 'datasync:ListTaskExecutions';
const DESCRIBES_AT_ONCE = 8;
const THROTTLED_KEPT_MS = 5_000;
/** Times that a list is kept: who was shown one may still ask for executions of it. */
const FORGOTTEN_AFTER = 4;

export function createActiveExecutions(
  clock: Clock,
  clients: Clients,
  names: TaskNames,
  limits: TimeLimits,
): ActiveExecutions {
  const flights = new Map<string, Flight>();
  const closing = new AbortController();

  const fly = (target: ListTarget): Flight => {
    const flight: Flight = {
      target,
      ...{ startedAt: clock.now().getTime(), failedAt: null },
      ...{ found: new Map(), looks: new Map(), details: false, waiting: [], describing: new Map(), underWay: 0 },
      ...{ client: null, listed: false, fault: null, broken: null, done: Promise.resolve() },
    };
    const looked = within(limits.listFlight, (late) => listAll(flight, AbortSignal.any([late, closing.signal])));
    flight.done = looked.catch((error: unknown) => {
      flight.failedAt = clock.now().getTime();
      flight.fault = orBroken(flight, error, OPERATION);
    });
    return flight;
  };

  const flightTo = (target: ListTarget): Flight => {
    const key = `${target.region} ${target.role ?? ''}`;
    const kept = flights.get(key);
    const age = kept ? clock.now().getTime() - (kept.failedAt ?? kept.startedAt) : Number.POSITIVE_INFINITY;
    // Who is asked too often is not asked at once again.
    const keptFor = kept?.fault ? (kept.fault.kind === 'throttled' ? THROTTLED_KEPT_MS : 0) : limits.listKept;
    if (kept && !kept.broken && age < keptFor) return kept;
    forgetOld();
    const flight = fly(target);
    flights.set(key, flight);
    return flight;
  };

  /** What nobody would be given any more: a target may be none of the policy's by now, and its list was long. */
  const forgetOld = () => {
    const now = clock.now().getTime();
    for (const [key, { startedAt, failedAt }] of flights) {
      if (now - (failedAt ?? startedAt) >= FORGOTTEN_AFTER * limits.listKept) flights.delete(key);
    }
  };

  /** ListTaskExecutions knows no filter: all pages are read, and those kept that are not over. */
  async function listAll(flight: Flight, signal: AbortSignal): Promise<void> {
    const { region, role } = flight.target;
    const client = await clients.reader(region, role);
    flight.client = client;
    const naming = learnNames(client, names, signal);
    for await (const page of paginateListTaskExecutions({ client }, {}, { abortSignal: signal })) {
      for (const { TaskExecutionArn: arn, Status: status, TaskMode: mode } of page.TaskExecutions ?? []) {
        if (arn === undefined || status === undefined || isBeyondChange(status)) continue;
        flight.found.set(arn, { arn, status, mode: mode ?? null, taskName: null, bytesPerSecond: null });
        if (flight.details) void described(flight, arn);
      }
    }
    flight.listed = true;
    await naming;
  }

  /** Settles when the execution was described, or could not be; a few at once, each once. */
  function described(flight: Flight, arn: string): Promise<void> {
    const before = flight.describing.get(arn);
    if (before) return before;
    const turn = new Promise<void>((resolve) => {
      const start = () => {
        flight.underWay += 1;
        void describe(flight, arn).finally(() => {
          flight.underWay -= 1;
          resolve();
          flight.waiting.shift()?.();
        });
      };
      if (flight.underWay < DESCRIBES_AT_ONCE) start();
      else flight.waiting.push(start);
    });
    flight.describing.set(arn, turn);
    return turn;
  }

  async function describe(flight: Flight, arn: string): Promise<void> {
    const { client } = flight;
    if (!client) return;
    try {
      const answer = await within(limits.listFlight, (late) =>
        client.send(new DescribeTaskExecutionCommand({ TaskExecutionArn: arn }), {
          abortSignal: AbortSignal.any([late, closing.signal]),
        }),
      );
      const seen = seenExecution(arn, answer, clock.now());
      flight.looks.set(arn, seen);
      const listed = flight.found.get(arn);
      if (!listed) return;
      if (isBeyondChange(seen.status)) flight.found.delete(arn);
      else flight.found.set(arn, { ...listed, status: seen.status, bytesPerSecond: seen.bytesPerSecond });
    } catch (error) {
      // It stays in the list without its limit.
      orBroken(flight, error, 'datasync:DescribeTaskExecution');
    }
  }

  async function withDetails(flight: Flight): Promise<void> {
    flight.details = true;
    for (const arn of flight.found.keys()) void described(flight, arn);
    await flight.done;
    await Promise.all(flight.describing.values());
  }

  return {
    list: async (targets, { details = true, withinMs = limits.list } = {}) => {
      const looking = [...new Set(targets.map(flightTo))];
      const pending = new Set(looking);
      const waits = looking.map((flight) =>
        (details ? withDetails(flight) : flight.done).then(() => pending.delete(flight)),
      );
      await inTime(withinMs, Promise.all(waits));
      for (const { broken } of looking) if (broken) throw broken.error;
      return gathered(looking, pending, names);
    },
    lookAt: async (arns, withinMs) => {
      const wanted = arns.flatMap((arn) => {
        const flight = [...flights.values()].find(({ found, looks }) => found.has(arn) || looks.has(arn));
        return flight ? [{ arn, flight }] : [];
      });
      await inTime(withinMs, Promise.all(wanted.map(({ flight, arn }) => described(flight, arn))));
      const seen = wanted.flatMap(({ arn, flight }): [string, TaskExecution][] => {
        const look = flight.looks.get(arn);
        return look ? [[arn, { ...look, taskName: names.known(taskOf(arn)) }]] : [];
      });
      return new Map(seen);
    },
    forget: (region) => {
      for (const [key, flight] of flights) if (flight.target.region === region) flights.delete(key);
    },
    close: () => closing.abort(),
  };
}

function gathered(flights: readonly Flight[], pending: ReadonlySet<Flight>, names: TaskNames): ActiveList {
  const executions = new Map<string, ActiveExecution>();
  const failed: ActiveList['failed'] = [];
  for (const flight of flights) {
    const { target, found, listed, fault } = flight;
    for (const [arn, execution] of found) {
      const taskName = names.known(taskOf(arn));
      // Two roles of one account see the same ones.
      if ((executions.get(arn)?.bytesPerSecond ?? null) === null) executions.set(arn, { ...execution, taskName });
    }
    if (listed) continue;
    const about = { operation: OPERATION, role: target.role };
    failed.push({ ...target, fault: fault ?? new AwsFault('no-answer', about), pending: pending.has(flight) });
  }
  return { executions: [...executions.values()], failed };
}

/** The fault of AWS that an error is; null where it is none, and kept for who asks. */
function orBroken(flight: Flight, error: unknown, operation: string): AwsFault | null {
  try {
    return toAwsFault(error, { operation, role: flight.target.role });
  } catch (ours) {
    flight.broken = { error: ours };
    return null;
  }
}

async function learnNames(client: DataSyncClient, names: TaskNames, abortSignal: AbortSignal): Promise<void> {
  try {
    for await (const page of paginateListTasks({ client }, {}, { abortSignal })) {
      for (const { TaskArn, Name } of page.Tasks ?? []) if (TaskArn !== undefined) names.learn(TaskArn, Name || null);
    }
  } catch (error) {
    // Without a name the list shows the id.
    toAwsFault(error, { operation: 'datasync:ListTasks', role: null });
  }
}

function taskOf(executionArn: string): string {
  return executionArn.split('/execution/')[0] ?? '';
}

async function inTime(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
