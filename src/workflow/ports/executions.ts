import type { ExecutionArn, TaskExecution } from '../../domain/execution/task-execution.ts';
import type { AwsFault } from '../faults.ts';

/** The role and session for a call to AWS. */
export interface Access {
  role: string | null;
  session:
    | { kind: 'read' }
    /** For a request, on behalf of a person. */
    | { kind: 'change'; request: string; team: string; user: string }
    /** Because of the link that the execution belongs to. */
    | { kind: 'change'; link: string };
}

/** How old an answer may be: it may have been read for somebody else. Nothing given: it is read now. */
export interface AnswerAge {
  maxAgeMs?: number;
}

/** For what is only shown, with the time at which it was read. */
export const SHOWN_MAX_AGE_MS = 5_000;
/** For what another answer follows soon, whatever this one is. Nothing older is kept. */
export const MAX_AGE_MS = 60_000;

export interface ActiveExecution {
  arn: string;
  status: string;
  mode: string | null;
  taskName: string | null;
  /** Null: could not be read in time. */
  bytesPerSecond: number | null;
}

/** Where to look for executions, and under which role. */
export interface ListTarget {
  region: string;
  role: string | null;
}

export interface ListOptions {
  /** Each execution is described too. */
  details?: boolean;
  withinMs?: number;
  maxAgeMs?: number | undefined;
}

interface FailedTarget extends ListTarget {
  fault: AwsFault;
  /** AWS has not answered yet, but still may. */
  pending: boolean;
}

export interface ActiveList {
  executions: ActiveExecution[];
  /** Targets that could not be read, or not completely. */
  failed: FailedTarget[];
  /** Targets whose tasks' names are not all known. */
  unnamed: ListTarget[];
}

/** @throws AwsFault */
export interface Executions {
  /** What AWS answered at most `maxAgeMs` ago, and not before the end of a change that this process sent. */
  describe(execution: ExecutionArn, access: Access, age?: AnswerAge): Promise<TaskExecution>;
  update(execution: ExecutionArn, bytesPerSecond: number, access: Access): Promise<{ requestId: string | null }>;
  /**
   * Running and queued executions, at most 15 s old, or `maxAgeMs`. Whatever is not available within `withinMs` is left out; a target
   * that fails is reported. Without `details` no execution is described, so a few calls are enough for any number of
   * them.
   */
  listActive(targets: readonly ListTarget[], options?: ListOptions): Promise<ActiveList>;
  /** The ARNs of the tasks with exactly this name, also of those that don't run, in the targets that were listed lately. */
  tasksNamed(name: string): string[];
  /**
   * The status in ListTaskExecutions; null if no page of its account lists the execution.
   * @throws AwsFault if not all pages could be read, or if they belong to another account
   */
  listedStatus(execution: ExecutionArn, role: string | null): Promise<string | null>;
  /**
   * Describes executions of the last list, at most 15 s old. One that is not available within `withinMs` is left out.
   */
  lookAtActive(arns: readonly string[], withinMs: number): Promise<ReadonlyMap<string, TaskExecution>>;
}
