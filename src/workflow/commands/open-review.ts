import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { Rule } from '../../domain/policy/policy.ts';
import { decideOpen, exceededNow, neededNow, ruleNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Exceeded } from '../../domain/run/exceeded.ts';
import type { Run } from '../../domain/run/run.ts';
import { AwsFault } from '../faults.ts';
import { observeExecution } from '../reconcile/observe-execution.ts';
import { currentFacts } from '../reconcile/request-facts.ts';
import { type Decided, decideOn } from './decide-on.ts';
import { type ReviewDeps, vanished } from './review-request.ts';

export type Opened = ({ kind: 'open'; request: ThrottleRequest } & ReviewFindings) | Exclude<Decided, { kind: 'may' }>;

/** `execution` a fault: AWS does not show it, so the request can be denied but not approved. */
interface ReviewFindings {
  rule: Rule;
  needed: number;
  /** The lower limit that it exceeds later, if it does not raise the limit at once. */
  exceeds: Exceeded | null;
  /** The bots run more than one policy at the moment. */
  several: boolean;
  execution: TaskExecution | AwsFault;
  /** Null: the bot has not changed it. */
  run: Run | null;
}

/**
 * What an approver must see before deciding, read afresh. An attempt by somebody who may not decide is refused and put
 * on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function openReview(
  deps: ReviewDeps,
  open: { request: string; user: string; op: string },
): Promise<Opened> {
  let findings = null as ReviewFindings | null;
  const decided = await decideOn(deps, { ...open, what: 'open' }, async (request) => {
    const by = await deps.people.person(open.user);
    const facts = await currentFacts(deps, request);
    const may = decideOpen(request, by, { ...facts, execution: null });
    const rule = ruleNow(request, facts.inForce);
    if (!may.ok || may.events.length > 0 || !rule) return may;
    const execution = await observeExecution(deps, request.execution, { role: rule.role, session: { kind: 'read' } });
    const fault = execution instanceof AwsFault ? execution : null;
    if (fault?.kind === 'gone') return vanished(request, facts.inForce.digest, fault);
    const asked = { ...facts, execution: null };
    const several = facts.inForce.others.length > 0;
    const exceeds = exceededNow(request, asked);
    findings = { rule, needed: neededNow(request, asked) ?? 0, exceeds, several, execution, run: facts.run };
    return execution instanceof AwsFault ? may : decideOpen(request, by, { ...facts, execution });
  });
  if (decided.kind !== 'may') return decided;
  if (!findings) throw new Error(`${open.request}: opened without its facts`);
  return { kind: 'open', request: decided.request, ...findings };
}
