import {
  type Decision,
  decideOpen,
  decideReview,
  type ReviewCommand,
  ruleNow,
} from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { vanishedEvent } from '../../domain/run/change/decide-apply.ts';
import { AwsFault } from '../faults.ts';
import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import { type AnswerAge, type Executions, MAX_AGE_MS } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { describeExecution } from '../reconcile/observe-execution.ts';
import { currentFacts } from '../reconcile/request-facts.ts';
import { type Decided, decideOn } from './decide-on.ts';

export interface ReviewDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  people: People;
  policy: PolicySource;
  clock: Clock;
}

export interface Review extends Omit<ReviewCommand, 'by'> {
  request: string;
  user: string;
  op: string;
}

/**
 * Approves or denies, by the policy, the people and the execution as they are now.
 * @throws AwsFault where an approval would rest on an execution that can't be read; PersonUnknown, NotRecorded,
 * OutcomeUnknown, LedgerLost
 */
export async function reviewRequest(deps: ReviewDeps, review: Review): Promise<Decided> {
  return decideOn(deps, { ...review, what: review.decision }, async (request) => {
    const by = await deps.people.person(review.user);
    const facts = { ...(await currentFacts(deps, request)), execution: null };
    const command = { by, decision: review.decision, comment: review.comment };
    // AWS is called only for what would be an approval, so that its faults never hide a refusal.
    const may = decideOpen(request, by, facts);
    if (!may.ok || may.events.length > 0 || review.decision === 'deny') return decideReview(request, command, facts);
    const role = ruleNow(request, facts.inForce)?.role ?? null;
    const decideBy = async (age?: AnswerAge): Promise<Decision> => {
      const execution = await describeExecution(deps, request.execution, { role, session: { kind: 'read' } }, age);
      if (!(execution instanceof AwsFault)) {
        return decideReview(request, command, { ...facts, execution, now: deps.clock.now() });
      }
      if (execution.kind === 'gone') return vanished(request, facts.inForce.digest, execution);
      throw execution;
    };
    // By what the form showed: whether it still holds is read again before anything is sent.
    const decision = await decideBy({ maxAgeMs: MAX_AGE_MS });
    // An answer from before a change that another bot sent ends no request.
    return decision.ok && decision.events[0]?.event === 'approved' ? decision : decideBy();
  });
}

/** The execution no longer exists, so there is nothing left to approve: the request ends. */
export function vanished(request: ThrottleRequest, policy: string, fault: AwsFault): Decision {
  return { ok: true, events: [vanishedEvent(request, policy, fault)] };
}
