import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import {
  decideRevert,
  judgeRevert,
  judgeUnseenRevert,
  revertFailedEvent,
  skippedEvent,
} from '../../domain/run/decide-revert.ts';
import { deferredSeconds, type Sent } from '../../domain/run/sending.ts';
import { extendedUntil, hasOpenGrant, type TimedGrant } from '../../domain/run/timed-grant.ts';
import { AwsFault } from '../faults.ts';
import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change } from '../ports/commit.ts';
import type { Executions } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Claim } from '../ports/outbox.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess } from './aws-access.ts';
import {
  DENIED_AGAIN_SECONDS,
  deniedAction,
  isDenied,
  observeAfterChange,
  observeExecution,
} from './observe-execution.ts';
import { laterIfUnproven, loadProven, provenInForce } from './proven-state.ts';
import { sendRate } from './send-rate.ts';

export interface RevertDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  policy: PolicySource;
  clock: Clock;
}

type GrantedRequest = ThrottleRequest & { hold: TimedGrant };
type Expected = NonNullable<Change['expected']>;

const SHOWN_SOON_SECONDS = 2;
const TRY_AGAIN_SECONDS = 5;
/** Another change of the execution is under way and takes a moment. */
const BUSY_SECONDS = 1;
/** A status that this version does not know passes when AWS is done with it. */
const UNKNOWN_STATUS_SECONDS = 15;

/**
 * Reverts a limit whose time is over, unless it was changed outside the bot: intent on record, send, read back. Safe to
 * run again at any point, by any bot: a revert that was begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export function revertLimit(deps: RevertDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  return laterIfUnproven(revert(deps, id, claim));
}

async function revert(deps: RevertDeps, id: string, claim: Claim): Promise<WorkOutcome> {
  const stored = await loadProven(deps.ledger, id);
  if (!stored || !hasOpenGrant(stored.request)) return DONE;
  const { request } = stored;
  if (request.hold.sent) return readBack(deps, request, claim, null);
  return begin(deps, request, claim);
}

async function begin(deps: RevertDeps, request: GrantedRequest, claim: Claim): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  const { setBy, running } = await provenInForce(deps.ledger, request.id, request.execution);
  if (setBy && setBy.request !== request.id) {
    const until = extendedUntil(request, running);
    const place = { replacedBy: setBy.request, ...(until ? { extendedUntil: until } : {}) };
    return write(deps, request, skippedEvent(request, 'replaced', policy, place), claim);
  }
  const early = decideRevert(request, { execution: null, policy, now: deps.clock.now() });
  if (early.kind === 'early') return later(early.seconds, 'its time is not over yet');
  // AWS may already show another request's limit that is not on record yet. Then nothing is decided, not even to skip
  // the revert.
  const expected = { inForce: setBy?.version ?? null };
  const execution = await observeExecution(deps, request, accessOf(request));
  if (execution instanceof AwsFault) return notShown(deps, request, execution, claim, expected);
  const decision = decideRevert(request, { execution, policy, now: deps.clock.now() });
  switch (decision.kind) {
    case 'early':
      return later(decision.seconds, 'its time is not over yet');
    case 'wait':
      return later(UNKNOWN_STATUS_SECONDS, `AWS shows a status that is not known here (${execution.status})`);
    case 'end':
      return write(deps, request, decision.event, claim, expected);
    case 'send':
      return send(deps, request, decision.event, claim, expected);
  }
}

/** Puts the intent on record, then sends the change, then reads back what AWS shows. */
async function send(
  deps: RevertDeps,
  before: GrantedRequest,
  intent: AuditEvent,
  claim: Claim,
  expected?: Expected,
): Promise<WorkOutcome> {
  const committed = await commit(deps, before, intent, claim, expected);
  if (committed.kind !== 'committed' || !committed.state || !hasOpenGrant(committed.state)) {
    return later(BUSY_SECONDS, `the request was ${committed.kind}`);
  }
  const request = committed.state;
  const sent = await sendRate(deps, request, request.hold.base, accessOf(request));
  return readBack(deps, request, claim, sent);
}

async function readBack(
  deps: RevertDeps,
  request: GrantedRequest,
  claim: Claim,
  sent: Sent | null,
): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  const execution = await observeAfterChange(deps, request, accessOf(request));
  const facts = { policy, now: deps.clock.now(), sent };
  if (execution instanceof AwsFault) {
    if (!isDenied(execution)) return notShown(deps, request, execution, claim);
    const event = judgeUnseenRevert(request, deniedAction(execution), facts);
    return event ? write(deps, request, event, claim) : later(DENIED_AGAIN_SECONDS, execution.message);
  }
  const verdict = judgeRevert(request, execution, facts);
  switch (verdict.kind) {
    case 'end':
      return write(deps, request, verdict.event, claim);
    case 'send-again':
      return send(deps, request, verdict.event, claim);
    case 'look-again':
      return later(SHOWN_SOON_SECONDS, 'AWS still shows the old limit');
    case 'put-off':
      await write(deps, request, verdict.event, claim);
      return later(deferredSeconds(verdict.putOff), 'AWS put the change off');
  }
}

/**
 * AWS does not show the execution: it is gone, reading was denied before anything was sent, or it has to be tried
 * again.
 */
async function notShown(
  deps: RevertDeps,
  request: GrantedRequest,
  fault: AwsFault,
  claim: Claim,
  expected?: Expected,
): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  if (fault.kind === 'gone') {
    const { requestId: awsRequestId, said } = fault;
    return write(deps, request, skippedEvent(request, 'ended', policy, { awsRequestId, said }), claim, expected);
  }
  if (isDenied(fault)) {
    const event = revertFailedEvent(request, policy, 'denied', deniedAction(fault), null);
    return write(deps, request, event, claim, expected);
  }
  return later(TRY_AGAIN_SECONDS, fault.message);
}

async function write(
  deps: RevertDeps,
  request: GrantedRequest,
  event: AuditEvent,
  claim: Claim,
  expected?: Expected,
): Promise<WorkOutcome> {
  const committed = await commit(deps, request, event, claim, expected);
  return committed.kind === 'committed' ? DONE : later(BUSY_SECONDS, `the request was ${committed.kind}`);
}

function commit({ ledger }: RevertDeps, prior: GrantedRequest, event: AuditEvent, claim: Claim, expected?: Expected) {
  const op = operation(prior, claim);
  return ledger.commit({ op, prior, events: [event], effects: ['show', 'tell'], claim, expected });
}

/** A key of this attempt alone, as for the apply. */
function operation(request: ThrottleRequest, { entry, deliveries }: Claim): string {
  return `revert:${request.id}:${request.version}:${entry}:${deliveries}`;
}

/** Under the role on record; on behalf of who pressed Revert now, or else of the requester. */
function accessOf(request: GrantedRequest) {
  return changeAccess(request, request.hold.role, request.hold.by ?? request.requester);
}
