import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { lengthenedEvents } from '../../domain/request/decide-extend.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { type BeginDecision, decideBegin, deniedEvent, vanishedEvent } from '../../domain/run/decide-apply.ts';
import { AwsFault, PersonUnknown } from '../faults.ts';
import type { InForce } from '../ports/ledger.ts';
import type { Claim } from '../ports/outbox.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess } from './aws-access.ts';
import { type ApplyDeps, changeLimit, commitOutcome, operationKey, readBack } from './change-limit.ts';
import { followUp } from './follow-up.ts';
import { deniedAction, isDenied, observeExecution } from './observe-execution.ts';
import { laterIfUnproven, loadProven } from './proven-state.ts';
import { type CurrentFacts, currentFacts } from './request-facts.ts';

const TRY_AGAIN_SECONDS = 5;
const WAITS_FOR = {
  groups: 'Slack can’t say who may',
  policies: 'another bot runs a policy that can’t be read here',
  status: 'AWS shows a status that is not known here',
} as const;

/**
 * Carries out an approved request: check it again, put the intent on record, send, read back. Safe to run again at any
 * point: a change that was begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function applyThrottle(deps: ApplyDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  return laterIfUnproven(apply(deps, id, claim));
}

async function apply(deps: ApplyDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  const stored = await loadProven(deps.ledger, id);
  if (!stored) return DONE;
  const { request } = stored;
  if (request.status === 'approved') return begin(deps, request, claim);
  if (request.status === 'applying') return readBack(deps, request, claim, null);
  return DONE;
}

async function begin(deps: ApplyDeps, request: ThrottleRequest, claim: Claim): Promise<WorkOutcome> {
  const facts = await factsOrNull(deps, request);
  if (!facts) return later(TRY_AGAIN_SECONDS, WAITS_FOR.groups);
  // All the rest first, AWS last: without a rule, the role to call it under is not known.
  const withoutAws = decideBegin(request, { ...facts, execution: null, now: deps.clock.now() });
  if (withoutAws.kind !== 'send') return conclude(deps, request, withoutAws, claim);
  const role = ruleNow(request, facts.inForce)?.role ?? null;
  // Read before AWS: if the limit is reverted in between, this has moved and the intent is not committed.
  const { setBy } = facts;
  const execution = await observeExecution(deps, request, changeAccess(request, role));
  if (execution instanceof AwsFault) {
    const policy = facts.inForce.digest;
    if (isDenied(execution)) {
      return commitOutcome(deps, request, deniedEvent(request, policy, deniedAction(execution)), claim);
    }
    if (execution.kind === 'gone') {
      return commitOutcome(deps, request, vanishedEvent(request, policy, execution), claim);
    }
    return later(TRY_AGAIN_SECONDS, execution.message);
  }
  const decision = decideBegin(request, { ...facts, execution, now: deps.clock.now() });
  if (decision.kind === 'send' && request.extends) {
    return extend(deps, request, { ...facts, execution }, claim);
  }
  return conclude(deps, request, decision, claim, setBy);
}

/**
 * More time for a limit that is in force: nothing is sent to AWS, so putting it on record is all that applying it
 * takes.
 */
async function extend(
  deps: ApplyDeps,
  request: ThrottleRequest,
  facts: CurrentFacts & { execution: TaskExecution },
  claim: Claim,
): Promise<WorkOutcome> {
  const { setBy, running } = facts;
  const now = deps.clock.now();
  const events = lengthenedEvents(request, { ...facts, now });
  const committed = await deps.ledger.commit({
    op: operationKey(request, claim),
    prior: request,
    events,
    claim,
    ...followUp(events, { running, now }),
    // Somebody may press Revert now at this moment.
    expected: { inForce: setBy?.version ?? null, running },
  });
  return committed.kind === 'committed' ? DONE : later(1, `the request was ${committed.kind}`);
}

async function conclude(
  deps: ApplyDeps,
  request: ThrottleRequest,
  decision: BeginDecision,
  claim: Claim,
  setBy: InForce | null = null,
): Promise<WorkOutcome> {
  switch (decision.kind) {
    case 'wait':
      return later(TRY_AGAIN_SECONDS, WAITS_FOR[decision.for]);
    case 'end':
      return commitOutcome(deps, request, decision.event, claim);
    case 'send':
      return changeLimit(deps, request, decision.event, claim, { inForce: setBy?.version ?? null });
  }
}

/** Null where Slack can't say who somebody is. */
async function factsOrNull(deps: ApplyDeps, request: ThrottleRequest): Promise<CurrentFacts | null> {
  try {
    return await currentFacts(deps, request);
  } catch (fault) {
    if (fault instanceof PersonUnknown) return null;
    throw fault;
  }
}
