import { DescribeTaskCommand } from '@aws-sdk/client-datasync';
import { createBoundedMap } from '../bounded-map.ts';
import type { Clock } from '../workflow/ports.ts';
import type { Clients } from './clients.ts';
import { type TimeLimits, within } from './time-limits.ts';

/** More than a list is likely to show: what goes is asked for again. */
export const MOST_NAMES = 10_000;

/** The names of tasks, kept for a while: a task is seldom renamed. */
export interface TaskNames {
  /** null where it can't be known in time: a name is an ornament, so no fault comes of it. */
  of(task: { taskArn: string; region: string }, role: string | null): Promise<string | null>;
  known(taskArn: string): string | null;
  learn(taskArn: string, name: string | null): void;
}

export function createTaskNames(clock: Clock, clients: Clients, limits: TimeLimits): TaskNames {
  const names = createBoundedMap<string, { name: string | null; until: number }>(MOST_NAMES);
  const fresh = (taskArn: string) => {
    const kept = names.get(taskArn);
    return kept && clock.now().getTime() < kept.until ? kept : null;
  };
  const learn = (taskArn: string, name: string | null) => {
    names.set(taskArn, { name, until: clock.now().getTime() + limits.nameKept });
  };
  return {
    learn,
    known: (taskArn) => fresh(taskArn)?.name ?? null,
    of: async ({ taskArn, region }, role) => {
      const kept = fresh(taskArn);
      if (kept) return kept.name;
      try {
        const answer = await within(limits.name, async (abortSignal) => {
          const client = await clients.reader(region, role);
          return client.send(new DescribeTaskCommand({ TaskArn: taskArn }), { abortSignal });
        });
        learn(taskArn, answer.Name || null);
        return answer.Name || null;
      } catch {
        return null;
      }
    },
  };
}
