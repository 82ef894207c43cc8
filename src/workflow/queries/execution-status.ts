import { type ExecutionArn, isUpdatable, type TaskExecution } from '../../domain/execution/task-execution.ts';
import { mayRequest } from '../../domain/policy/policy.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Run } from '../../domain/run/run.ts';
import { groupsToLookUp } from '../people/rule-groups.ts';
import { shownTo } from '../people/shown-requests.ts';
import type { AuditLine, UnreadLine } from '../ports/audit/audit-line.ts';
import { SHOWN_MAX_AGE_MS } from '../ports/executions.ts';
import {
  type GrantedRequest,
  isGrantedRequest,
  limitOn,
  openOn,
  type RunningDeps,
  ruleFor,
  ruleNaming,
} from './list-running.ts';
import { speedUnderLimit } from './measured-rates.ts';
import { visibleAudit } from './visible-audit.ts';

export type ExecutionStatus =
  | {
      kind: 'status';
      look: TaskExecution;
      /** Bytes per second between two observations; null before there are two. */
      measured: number | null;
      /** Bytes per second for an estimate of the time left (see `speedUnderLimit`). */
      speed: number | null;
      open: ThrottleRequest | null;
      /** The request that set the limit in force, if that limit has an end. */
      held: GrantedRequest | null;
      /** Null: the bot has not changed its limit. */
      run: Run | null;
      /** The newest records about it that this person may see. */
      lines: (AuditLine | UnreadLine)[];
      /** Whether this person may request a limit for it in this channel. */
      mayRequest: boolean;
    }
  /** No rule of the policy covers it in any channel. */
  | { kind: 'not-named' }
  | { kind: 'no-member' };

const LINES = 5;

/**
 * One execution in full, for one person.
 * @throws AwsFault, PersonUnknown, LedgerLost
 */
export async function executionStatus(
  deps: RunningDeps,
  ask: { user: string; channel: string | null; execution: ExecutionArn },
): Promise<ExecutionStatus> {
  const { policy } = deps.policy.current();
  const { arn } = ask.execution;
  const person = await deps.people.person(ask.user);
  if (person.kind !== 'member') return { kind: 'no-member' };
  const here = ask.channel === null ? null : ruleFor(policy, arn, ask.channel);
  const rule = here ?? ruleNaming(policy, arn);
  if (!rule) return { kind: 'not-named' };
  const age = { maxAgeMs: SHOWN_MAX_AGE_MS };
  const [look, open, lines, groups, limit] = await Promise.all([
    deps.executions.describe(ask.execution, { role: rule.role, session: { kind: 'read' } }, age),
    openOn(deps.ledger, arn),
    visibleAudit(deps, { user: ask.user, by: { kind: 'execution', arn }, limit: LINES }),
    deps.people.groups(groupsToLookUp(person, [here?.requesters])),
    limitOn(deps.ledger, arn),
  ]);
  const may = here !== null && isUpdatable(look.status) && mayRequest(here, person, groups).allowed;
  const held = limit.request && isGrantedRequest(limit.request) ? limit.request : null;
  const shown = await shownTo(
    deps,
    person,
    [open, held].filter((one) => one !== null),
  );
  return {
    kind: 'status',
    look,
    measured: deps.rates.of(arn),
    speed: speedUnderLimit(deps.rates, look, limit.request !== null),
    open: open && shown(open),
    held: held && shown(held),
    run: limit.run,
    lines,
    mayRequest: may,
  };
}
