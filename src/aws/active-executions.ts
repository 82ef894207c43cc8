import { type DataSyncClient, paginateListTaskExecutions, paginateListTasks } from '@aws-sdk/client-datasync';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import { isBeyondChange, type TaskExecution } from '../domain/execution/task-execution.ts';
import { AwsFault } from '../workflow/faults.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { ActiveExecution, ActiveList, ListOptions, ListTarget } from '../workflow/ports/executions.ts';
import { toAwsFault } from './aws-fault.ts';
import type { Clients } from './clients.ts';
import type { DescribeCache, Described } from './describe-cache.ts';
import { inTime } from './in-time.ts';
import type { TaskNames } from './task-names.ts';
import { type TimeLimits, within } from './time-limits.ts';

export interface ActiveExecutions {
  /**
   * What is known of all targets after `withinMs` (`limits.list` by default), at most `maxAgeMs` (`limits.listKept` by default) old. A target that could
   * not be listed is in `failed`: a fault of AWS does not reject.
   */
  list(targets: readonly ListTarget[], options?: ListOptions): Promise<ActiveList>;
  /**
   * Describes executions of the last lists, at most `limits.listKept` ago. Never rejects: those that can't be described in time are
   * left out.
   */
  lookAt(arns: readonly string[], withinMs: number): Promise<ReadonlyMap<string, TaskExecution>>;
  /** After a change the lists of its Region are out of date. */
  forget(region: string): void;
  /** Ends the look-ups that go on in the background. */
  close(): void;
}

/** One look at one target. It fills up while it goes on, and goes on when nobody waits for it any more. */
interface Flight {
  target: ListTarget;
  startedAt: number;
  /** When it failed, if it did. */
  failedAt: number | null;
  found: Map<string, ActiveExecution>;
  looks: Map<string, Described>;
  /** Whether every execution that is found is described, or only those that are asked for. */
  details: boolean;
  /** By ARN. They stay when they are done, so that nothing is described twice while its answer is young enough. */
  describing: Map<string, Promise<void>>;
  describeQueue: PQueue;
  /** All pages were read: at most details are missing. */
  listed: boolean;
  /** The names of all tasks were read. */
  named: boolean;
  /** How many names had been dropped before. */
  droppedBefore: number;
  fault: AwsFault | null;
  /** A fault of this program: thrown to everybody who asks. */
  broken: { error: unknown } | null;
  done: Promise<void>;
}

const OPERATION = 'datasync:ListTaskExecutions';
const DESCRIBES_AT_ONCE = 8;
const THROTTLED_KEPT_MS = 5_000;
/** For how many times `listKept` a list is remembered: who was shown it may still ask for executions of it. */
const REMEMBERED_FACTOR = 4;
const MAX_TARGETS = 1000;

export function createActiveExecutions({
  clock,
  clients,
  names,
  described: cache,
  limits,
}: {
  clock: Clock;
  clients: Clients;
  names: TaskNames;
  described: Pick<DescribeCache, 'describe'>;
  limits: TimeLimits;
}): ActiveExecutions {
  const flights = new LRUCache<string, Flight>({
    max: MAX_TARGETS,
    ttl: REMEMBERED_FACTOR * limits.listKept,
    perf: { now: () => clock.now().getTime() },
    ttlResolution: 0,
  });
  const closing = new AbortController();

  const fly = (target: ListTarget): Flight => {
    const flight: Flight = {
      target,
      startedAt: clock.now().getTime(),
      failedAt: null,
      found: new Map(),
      looks: new Map(),
      details: false,
      describing: new Map(),
      describeQueue: new PQueue({ concurrency: DESCRIBES_AT_ONCE }),
      listed: false,
      named: false,
      droppedBefore: names.dropped(),
      fault: null,
      broken: null,
      done: Promise.resolve(),
    };
    const looked = within(limits.listFlight, (late) => listAll(flight, AbortSignal.any([late, closing.signal])));
    flight.done = looked.catch((error: unknown) => {
      flight.failedAt = clock.now().getTime();
      flight.fault = awsFaultOr(flight, error, OPERATION);
    });
    return flight;
  };

  const flightTo = (target: ListTarget, maxAgeMs: number): Flight => {
    const key = `${target.region} ${target.role ?? ''}`;
    const kept = flights.get(key);
    const age = kept ? clock.now().getTime() - (kept.failedAt ?? kept.startedAt) : Number.POSITIVE_INFINITY;
    // AWS that throttled us is not asked again at once.
    const keptFor = kept?.fault ? (kept.fault.kind === 'throttled' ? THROTTLED_KEPT_MS : 0) : maxAgeMs;
    if (kept && !kept.broken && age < keptFor) return kept;
    flights.purgeStale();
    const flight = fly(target);
    flights.set(key, flight);
    return flight;
  };

  /** ListTaskExecutions has no filter by status: all pages are read, and executions that have ended are left out. */
  async function listAll(flight: Flight, signal: AbortSignal): Promise<void> {
    const { region, role } = flight.target;
    const client = await clients.reader(region, role);
    const naming = learnNames(client, names, signal);
    for await (const page of paginateListTaskExecutions({ client }, {}, { abortSignal: signal })) {
      for (const { TaskExecutionArn: arn, Status: status, TaskMode: mode } of page.TaskExecutions ?? []) {
        if (arn === undefined || status === undefined || isBeyondChange(status)) continue;
        flight.found.set(arn, { arn, status, mode: mode ?? null, taskName: null, bytesPerSecond: null });
        if (flight.details) void described(flight, arn);
      }
    }
    flight.listed = true;
    flight.named = await naming;
  }

  /** Resolves when the execution was described, or could not be. A few are described at once. */
  function described(flight: Flight, arn: string): Promise<void> {
    const before = flight.describing.get(arn);
    const look = flight.looks.get(arn);
    // It may have been read for somebody else, before the list.
    const tooOld = look && clock.now().getTime() - Date.parse(look.lookedAt) > limits.listKept;
    if (before && !tooOld) return before;
    flight.looks.delete(arn);
    const describing = flight.describeQueue.add(() => describe(flight, arn));
    flight.describing.set(arn, describing);
    return describing;
  }

  async function describe(flight: Flight, arn: string): Promise<void> {
    const { region, role } = flight.target;
    const age = { maxAgeMs: limits.listKept };
    try {
      const observed = await cache.describe({ arn, region }, { role, session: { kind: 'read' } }, age);
      flight.looks.set(arn, observed);
      const listed = flight.found.get(arn);
      if (!listed) return;
      if (isBeyondChange(observed.status)) flight.found.delete(arn);
      else flight.found.set(arn, { ...listed, status: observed.status, bytesPerSecond: observed.bytesPerSecond });
    } catch (error) {
      // The execution stays in the list, without its limit.
      awsFaultOr(flight, error, 'datasync:DescribeTaskExecution');
    }
  }

  async function withDetails(flight: Flight): Promise<void> {
    flight.details = true;
    for (const arn of flight.found.keys()) void described(flight, arn);
    await flight.done;
    await Promise.all(flight.describing.values());
  }

  return {
    list: async (targets, { details = true, withinMs = limits.list, maxAgeMs = limits.listKept } = {}) => {
      const looking = [...new Set(targets.map((target) => flightTo(target, maxAgeMs)))];
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
        const flight = flights.find(({ found, looks }) => found.has(arn) || looks.has(arn));
        return flight ? [{ arn, flight }] : [];
      });
      await inTime(withinMs, Promise.all(wanted.map(({ flight, arn }) => described(flight, arn))));
      const observed = wanted.flatMap(({ arn, flight }): [string, TaskExecution][] => {
        const look = flight.looks.get(arn);
        return look ? [[arn, { ...look, taskName: names.known(taskOf(arn)) }]] : [];
      });
      return new Map(observed);
    },
    forget: (region) => {
      for (const [key, flight] of [...flights]) if (flight.target.region === region) flights.delete(key);
    },
    close: () => closing.abort(),
  };
}

function gathered(flights: readonly Flight[], pending: ReadonlySet<Flight>, names: TaskNames): ActiveList {
  const executions = new Map<string, ActiveExecution>();
  const failed: ActiveList['failed'] = [];
  const isNamed = ({ named, droppedBefore }: Flight) => named && droppedBefore === names.dropped();
  const unnamed = flights.filter((flight) => !isNamed(flight)).map(({ target }) => target);
  for (const flight of flights) {
    const { target, found, listed, fault } = flight;
    for (const [arn, execution] of found) {
      const taskName = names.known(taskOf(arn));
      // Two roles of one account see the same executions.
      if ((executions.get(arn)?.bytesPerSecond ?? null) === null) executions.set(arn, { ...execution, taskName });
    }
    if (listed) continue;
    const about = { operation: OPERATION, role: target.role };
    failed.push({ ...target, fault: fault ?? new AwsFault('no-answer', about), pending: pending.has(flight) });
  }
  return { executions: [...executions.values()], failed, unnamed };
}

/** The fault of AWS that an error is. Null for a fault of this program, which is kept in `broken`. */
function awsFaultOr(flight: Flight, error: unknown, operation: string): AwsFault | null {
  try {
    return toAwsFault(error, { operation, role: flight.target.role });
  } catch (ours) {
    flight.broken = { error: ours };
    return null;
  }
}

/** @returns whether all could be read */
async function learnNames(client: DataSyncClient, names: TaskNames, abortSignal: AbortSignal): Promise<boolean> {
  try {
    for await (const page of paginateListTasks({ client }, {}, { abortSignal })) {
      for (const { TaskArn, Name } of page.Tasks ?? []) if (TaskArn !== undefined) names.learn(TaskArn, Name || null);
    }
    return true;
  } catch (error) {
    // Where a name is not known, the list shows the task's id.
    toAwsFault(error, { operation: 'datasync:ListTasks', role: null });
    return false;
  }
}

function taskOf(executionArn: string): string {
  return executionArn.split('/execution/')[0] ?? '';
}
