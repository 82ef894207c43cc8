import { LRUCache } from 'lru-cache';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { ListTarget } from '../../workflow/ports/executions.ts';
import { type BoundedCalls, type CallAws, taskPages } from './task-pages.ts';

/** The tasks from or to a location: each with its status, or null where AWS gave none. */
type TasksByStatus = ReadonlyMap<string, string | null>;

export interface LocationTasks {
  /** Asks AWS now, a call a page. @throws AwsFault */
  read(location: string, target: ListTarget): Promise<TasksByStatus>;
  /** As AWS answered at most `maxAgeMs` ago. @throws AwsFault; a fault is given to those who wait for it, and is not kept */
  tasksAt(location: string, target: ListTarget, maxAgeMs: number): Promise<ReadonlySet<string>>;
  /** Without a call; null where AWS has not answered in the last hour. */
  known(location: string, role: string | null): ReadonlySet<string> | null;
}

/** More than the links of a policy have. One that was dropped is asked for again. */
export const MAX_LOCATIONS = 1000;
/** The locations of a task can't be changed, so an old answer is wrong about new and deleted tasks only. */
const KEPT_MS = 3_600_000;

export function createLocationTasks(clock: Clock, bounded: BoundedCalls): LocationTasks {
  const now = () => clock.now().getTime();
  /** `at`: when the call began, epoch milliseconds. */
  const answers = new LRUCache<string, { at: number; tasks: ReadonlySet<string> }>({
    max: MAX_LOCATIONS,
    ttl: KEPT_MS,
    perf: { now },
    ttlResolution: 0,
  });
  /** The last call for each that has not been answered yet. */
  const calls = new Map<string, { at: number; answer: Promise<TasksByStatus> }>();

  // The ARN of a location has its Region.
  const keyOf = (location: string, role: string | null) => `${location} ${role ?? ''}`;

  async function read(location: string, target: ListTarget): Promise<TasksByStatus> {
    const key = keyOf(location, target.role);
    const call = { at: now(), answer: bounded(target, (call) => listAll(location, call)) };
    calls.set(key, call);
    try {
      const tasks = await call.answer;
      if ((answers.peek(key)?.at ?? 0) <= call.at) answers.set(key, { at: call.at, tasks: new Set(tasks.keys()) });
      return tasks;
    } finally {
      if (calls.get(key) === call) calls.delete(key);
    }
  }

  return {
    read,
    tasksAt: async (location, target, maxAgeMs) => {
      const key = keyOf(location, target.role);
      const young = ({ at }: { at: number }) => now() - at <= maxAgeMs;
      const answered = answers.get(key);
      if (answered && young(answered)) return answered.tasks;
      const call = calls.get(key);
      const tasks = await (call && young(call) ? call.answer : read(location, target));
      return new Set(tasks.keys());
    },
    known: (location, role) => answers.get(keyOf(location, role))?.tasks ?? null,
  };
}

async function listAll(location: string, call: CallAws): Promise<TasksByStatus> {
  const tasks = new Map<string, string | null>();
  const filter = { Name: 'LocationId' as const, Operator: 'Equals' as const, Values: [location] };
  for await (const { statuses } of taskPages(call, [filter])) {
    for (const [task, status] of statuses) tasks.set(task, status);
  }
  return tasks;
}
