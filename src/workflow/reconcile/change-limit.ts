import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { judgeLook, judgeUnseen, unknownEvent, type Verdict, vanishedEvent } from '../../domain/run/decide-apply.ts';
import { scheduledEvent } from '../../domain/run/decide-revert.ts';
import { deferredSeconds, type Sent } from '../../domain/run/sending.ts';
import { AwsFault } from '../faults.ts';
import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change } from '../ports/commit.ts';
import type { Executions } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Claim, EffectKind } from '../ports/outbox.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess } from './aws-access.ts';
import { followUp } from './follow-up.ts';
import { DENIED_AGAIN_SECONDS, deniedAction, isDenied, observeAfterChange } from './observe-execution.ts';
import { provenInForce } from './proven-state.ts';
import { sendRate } from './send-rate.ts';

export interface ApplyDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  people: People;
  policy: PolicySource;
  clock: Clock;
}

/** AWS shows a change soon, though not always at once. */
const SHOWN_SOON_SECONDS = 2;
const TRY_AGAIN_SECONDS = 5;

/** Puts the intent on record, then sends the change, then reads back what AWS shows. */
export async function changeLimit(
  deps: ApplyDeps,
  before: ThrottleRequest,
  intent: AuditEvent,
  claim: Claim,
  expected?: Change['expected'],
): Promise<WorkOutcome> {
  const committed = await deps.ledger.commit({
    op: operationKey(before, claim),
    prior: before,
    events: [intent],
    effects: ['show'],
    claim,
    expected,
  });
  // Moved: the facts that this rests on are out of date, perhaps because a limit is being reverted.
  if (committed.kind !== 'committed' || !committed.state) return later(1, `the request was ${committed.kind}`);
  const request = committed.state;
  const sent = await sendRate(deps, request, request.to, accessOf(request));
  return readBack(deps, request, claim, sent);
}

/** Judges a change that was begun by what AWS shows. `sent`: how AWS answered, where it was sent just now. */
export async function readBack(
  deps: ApplyDeps,
  request: ThrottleRequest,
  claim: Claim,
  sent: Sent | null,
): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  const execution = await observeAfterChange(deps, request, accessOf(request));
  if (execution instanceof AwsFault) return notShown(deps, request, execution, claim, sent);
  return follow(deps, request, judgeLook(request, execution, { policy, now: deps.clock.now(), sent }), claim);
}

/** AWS does not show the result: the execution is gone, reading is denied, or it has to be tried again. */
async function notShown(
  deps: ApplyDeps,
  request: ThrottleRequest,
  fault: AwsFault,
  claim: Claim,
  sent: Sent | null,
): Promise<WorkOutcome> {
  const policy = deps.policy.current().digest;
  if (fault.kind === 'gone') return commitOutcome(deps, request, vanishedEvent(request, policy, fault), claim);
  const denied = isDenied(fault) ? deniedAction(fault) : null;
  if (denied) {
    const event = judgeUnseen(request, denied, { policy, now: deps.clock.now(), sent });
    if (event) return commitOutcome(deps, request, event, claim);
  }
  const unknown = unknownEvent(request, policy, { why: `${fault.operation}: ${fault.kind}`, said: fault.said }, denied);
  if (unknown) await commitOutcome(deps, request, unknown, claim, ['show']);
  return later(denied ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, fault.message);
}

async function follow(deps: ApplyDeps, request: ThrottleRequest, verdict: Verdict, claim: Claim): Promise<WorkOutcome> {
  switch (verdict.kind) {
    case 'end':
      return verdict.event.event === 'applied'
        ? commitApplied(deps, request, verdict.event, claim)
        : commitOutcome(deps, request, verdict.event, claim);
    case 'look-again':
      return later(SHOWN_SOON_SECONDS, 'AWS still shows the old limit');
    case 'send-again':
      return changeLimit(deps, request, verdict.event, claim);
    case 'put-off':
      await commitOutcome(deps, request, verdict.event, claim, ['show']);
      return later(deferredSeconds(verdict.putOff), 'AWS put the change off');
  }
}

/**
 * The limit is in force. In the same write: its end, the polling of the run, and the end of the grant that was in force
 * before.
 */
async function commitApplied(
  deps: ApplyDeps,
  request: ThrottleRequest,
  applied: AuditEvent,
  claim: Claim,
): Promise<WorkOutcome> {
  const { running } = await provenInForce(deps.ledger, request.id, request.execution);
  const now = deps.clock.now();
  const scheduled = scheduledEvent(
    { ...request, version: request.version + 1 },
    { policy: applied.policy ?? '', now, running },
  );
  const events = scheduled ? [applied, scheduled] : [applied];
  const committed = await deps.ledger.commit({
    op: operationKey(request, claim),
    prior: request,
    events,
    claim,
    ...followUp(events, { running, now }),
  });
  return committed.kind === 'committed' ? DONE : later(0, `the request was ${committed.kind}`);
}

/** One event about the request, with what is to be shown of it. */
export async function commitOutcome(
  deps: Pick<ApplyDeps, 'ledger'>,
  request: ThrottleRequest,
  event: AuditEvent,
  claim: Claim,
  effects: EffectKind[] = ['show', 'result'],
): Promise<WorkOutcome> {
  const op = operationKey(request, claim);
  const committed = await deps.ledger.commit({ op, prior: request, events: [event], effects, claim });
  return committed.kind === 'committed' ? DONE : later(0, `the request was ${committed.kind}`);
}

/** A key of this attempt alone: the version keeps out a second one, and a key that was given up can't be used again. */
export function operationKey(request: ThrottleRequest, { entry, deliveries }: Claim): string {
  return `apply:${request.id}:${request.version}:${entry}:${deliveries}`;
}

function accessOf(request: ThrottleRequest) {
  return changeAccess(request, request.apply?.role ?? null);
}
