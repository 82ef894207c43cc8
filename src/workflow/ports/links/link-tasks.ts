import type { AwsFault } from '../../faults.ts';
import type { ListTarget } from '../executions.ts';

/** Members of a link: the tasks and locations of one Region that are read under one role. */
export interface MemberQuery extends ListTarget {
  /** ARNs of tasks. */
  tasks: readonly string[];
  /** ARNs of locations. */
  locations: readonly string[];
}

export interface FoundMembers {
  /** ARNs of the executions that run or are queued now. Each begins with the ARN of its task. */
  executions: readonly string[];
  /** ARNs of the tasks from or to one of the locations. */
  byLocation: readonly string[];
  /**
   * ARNs of tasks, and of locations, that AWS does not know or does not accept now. It is no proof that they were deleted: AWS
   * documents the same error for other causes.
   */
  missing: readonly string[];
  /** Tasks that the role may not describe. IAM can allow it some tasks and not others. */
  denied: readonly { task: string; fault: AwsFault }[];
}

/** The tasks that belong to links, and what runs of them. */
export interface LinkTasks {
  /**
   * What runs now of these tasks and of all tasks from or to these locations. Takes a bounded time, whatever AWS does.
   * @throws AwsFault where the answer would not be complete, but for what is in `missing` and `denied`
   */
  running(query: MemberQuery): Promise<FoundMembers>;
  /**
   * The ARNs of the tasks from or to a location, as AWS answered at most `maxAgeMs` ago. Concurrent callers share a call. A look by
   * `running` counts as well.
   * @throws AwsFault
   */
  tasksAt(location: string, target: ListTarget, maxAgeMs: number): Promise<ReadonlySet<string>>;
  /** The same without a call, as AWS answered within the last hour. Null where it has not. */
  knownTasksAt(location: string, role: string | null): ReadonlySet<string> | null;
}
