import {
  type DataSyncClient,
  DescribeTaskExecutionCommand,
  paginateListTaskExecutions,
  paginateListTasks,
} from '@aws-sdk/client-datasync';
import { UPDATABLE } from '../domain/task-execution.ts';
import { AwsFault } from '../workflow/faults.ts';
import type { ActiveExecution, Clock } from '../workflow/ports.ts';
import { toAwsFault } from './aws-fault.ts';
import type { Clients } from './clients.ts';
import type { TaskNames } from './task-names.ts';
import { type TimeLimits, within } from './time-limits.ts';

/** A Region to look in, and the role to look under. */
export interface ListTarget {
  region: string;
  role: string | null;
}

export interface ActiveList {
  executions: ActiveExecution[];
  /** Where nothing, or not all, could be seen. */
  failed: { region: string; role: string | null; fault: AwsFault }[];
}

export interface ActiveExecutions {
  list(targets: readonly ListTarget[]): Promise<ActiveList>;
  /** After a change what is kept of this Region is old. */
  forget(region: string): void;
  /** Ends the looks that go on in the background. */
  close(): void;
}

/** One look at one target: it fills up while it goes on, and goes on when nobody waits any more. */
interface Flight {
  target: ListTarget;
  startedAt: number;
  found: Map<string, ActiveExecution>;
  /** All pages are read: nothing is missing but details. */
  listed: boolean;
  fault: AwsFault | null;
  done: Promise<void>;
}

const OPERATION = 'datasync:ListTaskExecutions';
const DESCRIBES_AT_ONCE = 8;

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
      startedAt: clock.now().getTime(),
      found: new Map(),
      listed: false,
      fault: null,
      done: Promise.resolve(),
    };
    const looked = within(limits.listFlight, (late) =>
      look(flight, clients, names, AbortSignal.any([late, closing.signal])),
    );
    flight.done = looked.catch((error: unknown) => {
      flight.fault = toAwsFault(error, { operation: OPERATION, role: target.role });
    });
    return flight;
  };

  const flightTo = (target: ListTarget): Flight => {
    const key = `${target.region} ${target.role ?? ''}`;
    const kept = flights.get(key);
    const age = kept ? clock.now().getTime() - kept.startedAt : Number.POSITIVE_INFINITY;
    if (kept && !kept.fault && age < limits.listKept) return kept;
    const flight = fly(target);
    flights.set(key, flight);
    return flight;
  };

  return {
    list: async (targets) => {
      const looking = new Set(targets.map(flightTo));
      await inTime(limits.list, Promise.all([...looking].map((flight) => flight.done)));
      return gathered([...looking], names);
    },
    forget: (region) => {
      for (const [key, flight] of flights) if (flight.target.region === region) flights.delete(key);
    },
    close: () => closing.abort(),
  };
}

function gathered(flights: Flight[], names: TaskNames): ActiveList {
  const executions = new Map<string, ActiveExecution>();
  const failed: ActiveList['failed'] = [];
  for (const { target, found, listed, fault } of flights) {
    for (const [arn, execution] of found) {
      const taskName = names.known(taskOf(arn));
      // Two roles of one account see the same ones.
      if ((executions.get(arn)?.bytesPerSecond ?? null) === null) executions.set(arn, { ...execution, taskName });
    }
    if (listed) continue;
    const about = { operation: OPERATION, role: target.role };
    failed.push({ ...target, fault: fault ?? new AwsFault('no-answer', about) });
  }
  return { executions: [...executions.values()], failed };
}

/** ListTaskExecutions knows no filter: all pages are read, and each one that is not over is described for its limit. */
async function look(flight: Flight, clients: Clients, names: TaskNames, signal: AbortSignal): Promise<void> {
  const { region, role } = flight.target;
  const client = await clients.reader(region, role);
  const naming = learnNames(client, names, signal);
  const waiting: string[] = [];
  const describing = new Set<Promise<void>>();
  const describeNext = () => {
    const arn = describing.size < DESCRIBES_AT_ONCE ? waiting.shift() : undefined;
    if (arn === undefined) return;
    const one = describe(client, arn, flight, signal).then(() => {
      describing.delete(one);
      describeNext();
    });
    describing.add(one);
  };
  for await (const page of paginateListTaskExecutions({ client }, {}, { abortSignal: signal })) {
    for (const { TaskExecutionArn: arn, Status: status, TaskMode: mode } of page.TaskExecutions ?? []) {
      if (arn === undefined || status === undefined || !UPDATABLE.includes(status)) continue;
      flight.found.set(arn, { arn, status, mode: mode ?? null, taskName: null, bytesPerSecond: null });
      waiting.push(arn);
      describeNext();
    }
  }
  flight.listed = true;
  await naming;
  while (describing.size > 0) await Promise.all(describing);
}

async function describe(client: DataSyncClient, arn: string, flight: Flight, abortSignal: AbortSignal): Promise<void> {
  try {
    const answer = await client.send(new DescribeTaskExecutionCommand({ TaskExecutionArn: arn }), { abortSignal });
    const listed = flight.found.get(arn);
    if (!listed) return;
    const status = answer.Status ?? listed.status;
    if (!UPDATABLE.includes(status)) flight.found.delete(arn);
    else flight.found.set(arn, { ...listed, status, bytesPerSecond: answer.Options?.BytesPerSecond ?? -1 });
  } catch {
    // It stays in the list without its limit.
  }
}

async function learnNames(client: DataSyncClient, names: TaskNames, abortSignal: AbortSignal): Promise<void> {
  try {
    for await (const page of paginateListTasks({ client }, {}, { abortSignal })) {
      for (const { TaskArn, Name } of page.Tasks ?? []) if (TaskArn !== undefined) names.learn(TaskArn, Name || null);
    }
  } catch {
    // Without a name the list shows the id.
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
