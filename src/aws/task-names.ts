import { DescribeTaskCommand } from '@aws-sdk/client-datasync';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../workflow/ports/clock.ts';
import { toAwsFault } from './aws-fault.ts';
import type { Clients } from './clients.ts';
import { type TimeLimits, within } from './time-limits.ts';

/** More than one list is likely to show. A name that was dropped is asked for again. */
export const MAX_NAMES = 10_000;

/** The names of tasks, kept for a while: a task is seldom renamed. */
export interface TaskNames {
  /** Null where it can't be known in time. Nobody depends on a name, so no fault of AWS is passed on. */
  of(task: { taskArn: string; region: string }, role: string | null): Promise<string | null>;
  known(taskArn: string): string | null;
  learn(taskArn: string, name: string | null): void;
  /** The ARNs of the tasks that are known to have exactly this name. */
  named(name: string): string[];
  /** How many names were dropped for others, so far: names learned before the last one may not be whole. */
  dropped(): number;
}

export function createTaskNames(clock: Clock, clients: Clients, limits: TimeLimits): TaskNames {
  let dropped = 0;
  const names = new LRUCache<string, { name: string | null }, { region: string; role: string | null }>({
    max: MAX_NAMES,
    dispose: (_, __, reason) => {
      if (reason === 'evict') dropped += 1;
    },
    ttl: limits.nameKept,
    perf: { now: () => clock.now().getTime() },
    ttlResolution: 0,
    // A name that is learned, or dropped, while it is asked for: who asked still gets the answer.
    ignoreFetchAbort: true,
    fetchMethod: async (taskArn, _, { context, options }) => {
      try {
        return { name: await ask(taskArn, context) };
      } catch (error) {
        toAwsFault(error, { operation: 'datasync:DescribeTask', role: context.role });
        // Not asked for again at each look while AWS fails, or refuses.
        options.ttl = limits.noNameKept;
        return { name: null };
      }
    },
  });

  async function ask(taskArn: string, { region, role }: { region: string; role: string | null }) {
    const { Name } = await within(limits.name, async (abortSignal) => {
      const client = await clients.reader(region, role);
      return client.send(new DescribeTaskCommand({ TaskArn: taskArn }), { abortSignal });
    });
    return Name || null;
  }

  return {
    learn: (taskArn, name) => {
      names.set(taskArn, { name });
    },
    known: (taskArn) => names.get(taskArn)?.name ?? null,
    named: (name) => [...names].flatMap(([taskArn, known]) => (known.name === name ? [taskArn] : [])),
    dropped: () => dropped,
    of: async ({ taskArn, region }, role) => (await names.fetch(taskArn, { context: { region, role } }))?.name ?? null,
  };
}
