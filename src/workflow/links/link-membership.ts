import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { Link } from '../../domain/link/link.ts';
import { memberRule } from '../../domain/policy/links/link-rules.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { LinkTasks } from '../ports/links/link-tasks.ts';

/** A task that was given to a location, or taken from it, is noticed after this long. */
const MAX_AGE_MS = 120_000;

/** The link that an execution belongs to. */
export interface LinkMembership {
  /** By what AWS says now of the locations of links. @throws AwsFault */
  linkOf(policy: Policy, execution: string): Promise<Link | null>;
  /** By what this process knows. */
  knownLinkOf(policy: Policy, execution: string): Link | null;
}

export function createLinkMembership(tasks: Pick<LinkTasks, 'tasksAt' | 'knownTasksAt'>): LinkMembership {
  return {
    async linkOf(policy, execution) {
      const arn = parsed(execution);
      const listed = listedIn(policy, arn);
      if (listed !== null || arn === null) return listed;
      const role = memberRule(policy, arn)?.role ?? null;
      for (const link of policy.links) {
        for (const location of locationsNear(link, arn)) {
          const found = await tasks.tasksAt(location, { region: arn.region, role }, MAX_AGE_MS);
          if (found.has(arn.taskArn)) return link;
        }
      }
      return null;
    },
    knownLinkOf(policy, execution) {
      const arn = parsed(execution);
      const listed = listedIn(policy, arn);
      if (listed !== null || arn === null) return listed;
      const role = memberRule(policy, arn)?.role ?? null;
      const isAt = (location: string) => tasks.knownTasksAt(location, role)?.has(arn.taskArn) ?? false;
      return policy.links.find((link) => locationsNear(link, arn).some(isAt)) ?? null;
    },
  };
}

function parsed(execution: string): ExecutionArn | null {
  const arn = parseExecutionArn(execution);
  return arn.ok ? arn.value : null;
}

function listedIn({ links }: Policy, arn: ExecutionArn | null): Link | null {
  return arn === null ? null : (links.find(({ tasks }) => tasks.includes(arn.taskArn)) ?? null);
}

/** A task and its locations are of one account and Region. */
function locationsNear({ locations }: Link, { region, account }: ExecutionArn): string[] {
  return locations.filter((location) => location.split(':').slice(3, 5).join(':') === `${region}:${account}`);
}
