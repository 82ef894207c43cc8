import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import { type Link, linkOfTask, placeOfLocation } from '../../domain/link/link.ts';
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
      const found = candidatesFor(policy, execution);
      for (const { link, location } of found.byLocation) {
        const members = await tasks.tasksAt(location, found, MAX_AGE_MS);
        if (members.has(found.taskArn)) return link;
      }
      return found.listed;
    },
    knownLinkOf(policy, execution) {
      const { listed, byLocation, role, taskArn } = candidatesFor(policy, execution);
      const isMember = ({ location }: Near) => tasks.knownTasksAt(location, role)?.has(taskArn) ?? false;
      return byLocation.find(isMember)?.link ?? listed;
    },
  };
}

/** A location of a link, in the account and Region of a task. */
interface Near {
  link: Link;
  location: string;
}

/** The link that lists the task of an execution, or else those that it may belong to by a location, and where to ask for that. */
function candidatesFor(policy: Policy, execution: string) {
  const parsed = parseExecutionArn(execution);
  if (!parsed.ok) return { listed: null, byLocation: [], taskArn: '', region: '', role: null };
  const { taskArn, region, account } = parsed.value;
  const listed = linkOfTask(policy.links, taskArn);
  const role = memberRule(policy, parsed.value)?.role ?? null;
  // A task and its locations are of one account and Region.
  const isNear = (location: string) => {
    const place = placeOfLocation(location);
    return place.region === region && place.account === account;
  };
  const near = policy.links.flatMap((link) =>
    link.locations.filter(isNear).map((location): Near => ({ link, location })),
  );
  return { listed, byLocation: listed === null ? near : [], taskArn, region, role };
}
