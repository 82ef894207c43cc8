import type { Target } from '../../domain/execution/target.ts';
import type { ExecutionArn } from '../../domain/execution/task-execution.ts';
import type { RequestedRate } from '../../domain/rate/rate.ts';
import type { AuditCommand } from './command-audit.ts';
import type { NotUnderstood } from './not-understood.ts';
import type { TypedEnd } from './typed-end.ts';

/** What a person names an execution by, and what comes after it, as typed. */
interface Targeted<T = Target> {
  target: T;
  after: string;
}

interface AskedCommand extends TypedEnd, Targeted {
  kind: 'ask';
  rate: RequestedRate;
  /** As typed. */
  rateText: string;
  reason: string | null;
}

/** A slash command as it was read. */
export type Command =
  | AskedCommand
  | ({ kind: 'open-modal' } & Targeted<Target | null>)
  | { kind: 'requests' }
  | { kind: 'undo'; request: string }
  | { kind: 'list' }
  | ({ kind: 'status' } & Targeted)
  | (Omit<AskedCommand, 'kind'> & { kind: 'why' })
  | { kind: 'help' }
  | AuditCommand
  | NotUnderstood;

/** A command about an execution, or about a link. */
export type TargetedCommand = Extract<Command, { target: unknown }>;

/** A command whose target was found: the one execution that it is about. */
export type Located<C> = C extends { target: Target }
  ? C & { execution: ExecutionArn }
  : C extends { target: Target | null }
    ? C & { execution: ExecutionArn | null }
    : C;
