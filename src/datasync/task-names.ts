import { DescribeTaskCommand } from '@aws-sdk/client-datasync';
import { createBoundedMap } from '../bounded-map.ts';
import type { Clock } from '../workflow/ports.ts';
import { toAwsFault } from './aws-fault.ts';
import type { Clients } from './clients.ts';
import { type TimeLimits, within } from './time-limits.ts';

/** More than a list is likely to show: what goes is asked for again. */
export const MOST_NAMES = 10_000;

/** The names of tasks, kept for a while: a task is seldom renamed. */
export interface TaskNames {
  /** null where it can't be known in time: a name is an ornament, so no fault of AWS comes of it. */
  of(task: { taskArn: string; region: string }, role: string | null): Promise<string | null>;
  known(taskArn: string): string | null;
  learn(taskArn: string, name: string | null): void;
}

export function createTaskNames(clock: Clock, clients: Clients, limits: TimeLimits): TaskNames {
  const names = createBoundedMap<string, { name: string | null; until: number }>(MOST_NAMES);
  /** Who asks while it is being asked waits for the same answer. */
  const asked = new Map<string, Promise<string | null>>();
  const fresh = (taskArn: string) => {
    const kept = names.get(taskArn);
    return kept && clock.now().getTime() < kept.until ? kept : null;
  };
  const keep = (taskArn: string, name: string | null, forMs: number) => {
    names.set(taskArn, { name, until: clock.now().getTime() + forMs });
  };

  async function ask({ taskArn, region }: { taskArn: string; region: string }, role: string | null) {
    try {
      const answer = await within(limits.name, async (abortSignal) => {
        const client = await clients.reader(region, role);
        return client.send(new DescribeTaskCommand({ TaskArn: taskArn }), { abortSignal });
      });
      keep(taskArn, answer.Name || null, limits.nameKept);
      return answer.Name || null;
    } catch (error) {
      toAwsFault(error, { operation: 'datasync:DescribeTask', role });
      // Not asked again at each look while AWS fails, or for as long as it is not allowed.
      keep(taskArn, null, limits.noNameKept);
      return null;
    }
  }

  return {
    learn: (taskArn, name) => keep(taskArn, name, limits.nameKept),
    known: (taskArn) => fresh(taskArn)?.name ?? null,
    of: (task, role) => {
      const kept = fresh(task.taskArn);
      if (kept) return Promise.resolve(kept.name);
      const asking = asked.get(task.taskArn) ?? ask(task, role).finally(() => asked.delete(task.taskArn));
      asked.set(task.taskArn, asking);
      return asking;
    },
  };
}
