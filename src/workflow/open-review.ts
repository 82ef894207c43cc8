import { decideOpen, ruleNow } from '../domain/decide-review.ts';
import { approvalsNeeded, type Rule } from '../domain/policy.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { AwsFault } from './faults.ts';
import { standingFacts } from './request-facts.ts';
import { type Decided, decideOn, lookAt, type ReviewDeps, vanished } from './review-request.ts';

export type Opened =
  | { kind: 'open'; request: ThrottleRequest; rule: Rule; needed: number; execution: TaskExecution }
  | Exclude<Decided, { kind: 'may' }>;

/**
 * What a lead must see before deciding, read afresh; whoever may not decide is told so at once, on record.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function openReview(
  deps: ReviewDeps,
  open: { request: string; user: string; op: string },
): Promise<Opened> {
  let seen: { rule: Rule; needed: number; execution: TaskExecution } | null = null;
  const decided = await decideOn(deps.ledger, open, async (request) => {
    const by = await deps.people.person(open.user);
    const facts = { ...(await standingFacts(deps, request)), now: deps.clock.now() };
    const may = decideOpen(request, by, { ...facts, execution: null });
    const rule = ruleNow(request, facts.inForce);
    if (!may.ok || may.events.length > 0 || !rule) return may;
    const execution = await lookAt(deps, request, rule.role);
    if (execution instanceof AwsFault) return vanished(request, facts.inForce.digest, execution);
    seen = { rule, needed: approvalsNeeded(rule, request.direction) ?? 0, execution };
    return decideOpen(request, by, { ...facts, execution });
  });
  if (decided.kind !== 'may') return decided;
  if (!seen) throw new Error(`${open.request}: opened without its facts`);
  return {
    kind: 'open',
    request: decided.request,
    ...(seen as { rule: Rule; needed: number; execution: TaskExecution }),
  };
}
