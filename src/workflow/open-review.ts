import { decideOpen, neededNow, ruleNow, takeoverNow } from '../domain/decide-review.ts';
import type { Takeover } from '../domain/hold.ts';
import type { Rule } from '../domain/policy.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { lookAtExecution } from './change-at-aws.ts';
import { AwsFault } from './faults.ts';
import { standingFacts } from './request-facts.ts';
import { type Decided, decideOn, type ReviewDeps, vanished } from './review-request.ts';

export type Opened = ({ kind: 'open'; request: ThrottleRequest } & Seen) | Exclude<Decided, { kind: 'may' }>;

/** `execution` a fault: AWS can't say, so that the request can be denied, and not approved blindly. */
interface Seen {
  rule: Rule;
  needed: number;
  /** Why it needs more approvals than the change alone. */
  takeover: Takeover | null;
  /** Bots run more than one policy just now. */
  several: boolean;
  execution: TaskExecution | AwsFault;
  /** The request, another one, whose limit stands on the execution. */
  running: ThrottleRequest | null;
}

/**
 * What a lead must see before deciding, read afresh; whoever may not decide is told so at once, on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function openReview(
  deps: ReviewDeps,
  open: { request: string; user: string; op: string },
): Promise<Opened> {
  let seen = null as Seen | null;
  const decided = await decideOn(deps, { ...open, what: 'open' }, async (request) => {
    const by = await deps.people.person(open.user);
    const facts = { ...(await standingFacts(deps, request)), now: deps.clock.now() };
    const may = decideOpen(request, by, { ...facts, execution: null });
    const rule = ruleNow(request, facts.inForce);
    if (!may.ok || may.events.length > 0 || !rule) return may;
    const execution = await lookAtExecution(deps, request, { role: rule.role, session: { kind: 'read' } });
    const fault = execution instanceof AwsFault ? execution : null;
    if (fault?.kind === 'gone') return vanished(request, facts.inForce.digest, fault);
    const asked = { ...facts, execution: null };
    const several = facts.inForce.others.length > 0;
    const takeover = takeoverNow(request, asked);
    seen = { rule, needed: neededNow(request, asked) ?? 0, takeover, several, execution, running: facts.running };
    return execution instanceof AwsFault ? may : decideOpen(request, by, { ...facts, execution });
  });
  if (decided.kind !== 'may') return decided;
  if (!seen) throw new Error(`${open.request}: opened without its facts`);
  return { kind: 'open', request: decided.request, ...seen };
}
