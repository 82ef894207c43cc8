import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import {
  doneEvent,
  type PlannedChange,
  planOf,
  startedEvent,
  undoneEvent,
} from '../../domain/run/change/change-events.ts';
import { unknownEvent } from '../../domain/run/change/decide-apply.ts';
import { type ChangeVerdict, judgeChange, judgeUnseen } from '../../domain/run/change/judge-change.ts';
import { planNow } from '../../domain/run/change/plan-now.ts';
import { deferredSeconds, mayHaveTakenEffect, type Sent } from '../../domain/run/change/sending.ts';
import { isLateWrite } from '../../domain/run/decide-drift.ts';
import { cappedAt } from '../../domain/run/desired-limit.ts';
import { scheduledEvent, sentFor } from '../../domain/run/grant/schedule-end.ts';
import { type ChangeInFlight, memberOf, type Run } from '../../domain/run/run.ts';
import { AwsFault } from '../faults.ts';
import type { Change } from '../ports/commit.ts';
import type { Claim } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';
import { changeAccess, linkAccess, memberReadAccess, readAccess } from './aws-access.ts';
import { endOthers } from './end-grants.ts';
import { afterApplied, afterReverted, shownTo } from './follow-up.ts';
import { DENIED_AGAIN_SECONDS, deniedAction, isDenied, observeAfterChange } from './observe-execution.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';
import { sendRate } from './send-rate.ts';
import { endForApprovals, isStillApproved } from './still-approved.ts';

/** AWS shows a change soon, though not always at once. */
const SHOWN_SOON_SECONDS = 2;
const TRY_AGAIN_SECONDS = 5;
/** Something else about the run was committed in between. */
const MOVED_SECONDS = 1;

/**
 * A change of a run's limit, and on whose behalf AWS is called: for a late write, the request whose limit is in force. Null: of no
 * request's, since a link is the cause.
 */
interface Carried {
  stored: StoredRun;
  request: ThrottleRequest | null;
  claim: Claim;
}

/** Puts the intent on record, then sends the change, then reads back what AWS shows. */
export async function beginChange(
  deps: ReconcileDeps,
  plan: PlannedChange,
  of: Carried,
  attempt = 1,
  intent = startedEvent(plan, attempt),
): Promise<WorkOutcome> {
  const committed = await deps.ledger.commit({
    op: operationKey(of),
    prior: plan.request,
    events: [intent],
    effects: plan.request ? shownTo(plan.cause) : [],
    run: of.stored,
    claim: of.claim,
  });
  // Moved: the facts that this rests on are out of date.
  if (committed.kind !== 'committed' || !committed.run?.run?.change) {
    return later(MOVED_SECONDS, `the request was ${committed.kind}`);
  }
  const now = { ...of, stored: committed.run, request: committed.state ?? of.request };
  const access = accessOf(now.request, committed.run.run.change, plan.memberOf);
  return readBack(deps, now, await sendRate(deps, plan.execution, plan.to, access));
}

/**
 * Judges the change in flight by what AWS shows. `sent`: how AWS answered, where it was sent just now.
 * @throws Error where no change is in flight
 */
export async function readBack(deps: ReconcileDeps, of: Carried, sent: Sent | null): Promise<WorkOutcome> {
  const { stored, request } = of;
  const { run, execution: arn } = stored;
  const change = run?.change;
  if (!change) throw new Error(`no change of ${arn} is in flight`);
  const about = { execution: arn, request, policy: deps.policy.current().digest, memberOf: memberOf(run) };
  const plan = planOf(change, about);
  const reading = request ? readAccess(request, deps.policy) : memberReadAccess(arn, deps.policy, change.role);
  const execution = await observeAfterChange(deps, arn, accessOf(request, change, plan.memberOf), reading);
  if (execution instanceof AwsFault) return notShown(deps, of, { plan, change, fault: execution, sent });
  // The worker that was to send it may have ended before that.
  const takenOver = sent === null && of.claim.deliveries > 1;
  const now = deps.clock.now();
  const verdict = judgeChange(change, withoutLateWrite(run, change, execution, now), { now, sent, takenOver });
  return follow(deps, of, { plan, change, execution, verdict, sent });
}

/** An earlier change of the bot that takes effect late is none made outside: this one has not taken effect yet. */
function withoutLateWrite(run: Run, { from, to }: ChangeInFlight, execution: TaskExecution, now: Date): TaskExecution {
  const rate = execution.bytesPerSecond;
  return rate !== to && isLateWrite(run, rate, now) ? { ...execution, bytesPerSecond: from } : execution;
}

/** AWS does not show the result: the execution is gone, reading is denied, or it has to be tried again. */
async function notShown(
  deps: ReconcileDeps,
  of: Carried,
  { plan, change, fault, sent }: { plan: PlannedChange; change: ChangeInFlight; fault: AwsFault; sent: Sent | null },
): Promise<WorkOutcome> {
  if (fault.kind === 'gone') {
    const { requestId, role, said } = fault;
    const about = { action: null, role, requestId };
    return conclude(deps, of, plan, [undoneEvent(plan, { why: 'not-found', execution: null, about, said })]);
  }
  const denied = isDenied(fault) ? deniedAction(fault) : null;
  const end = denied && judgeUnseen(change, denied, { now: deps.clock.now(), sent });
  if (end) return conclude(deps, of, plan, [undoneEvent(plan, { why: end.why, execution: null, about: end.about })]);
  if (plan.cause === 'grant' && plan.request) {
    const why = { why: `${fault.operation}: ${fault.kind}`, said: fault.said };
    const unknown = unknownEvent(plan.request, plan.policy, why, denied);
    if (unknown) await conclude(deps, of, plan, [unknown], { effects: ['show'] });
  }
  return later(denied ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, fault.message);
}

async function follow(
  deps: ReconcileDeps,
  of: Carried,
  seen: {
    plan: PlannedChange;
    change: ChangeInFlight;
    execution: TaskExecution;
    verdict: ChangeVerdict;
    sent: Sent | null;
  },
): Promise<WorkOutcome> {
  const { plan, change, execution, verdict, sent } = seen;
  const { attempt } = change;
  switch (verdict.kind) {
    case 'done':
      return commitDone(deps, of, plan, execution, { sent, attempt, open: verdict.open });
    case 'changed-outside': {
      const event = undoneEvent(plan, { why: 'other-rate', execution, sent, attempt });
      const ends = await endOthers(deps, of.stored, plan.request, 'changed', execution);
      return conclude(deps, of, plan, [event], ends);
    }
    case 'ended':
      return conclude(deps, of, plan, [undoneEvent(plan, { why: 'ended', execution, sent, attempt })]);
    case 'refused': {
      const { why, action, said = null } = verdict.refused;
      const about = { action, said, role: plan.role, requestId: execution.requestId };
      return conclude(deps, of, plan, [undoneEvent(plan, { why, execution, sent, attempt, about })]);
    }
    case 'ignored':
      return conclude(deps, of, plan, [undoneEvent(plan, { why: 'ignored', execution, sent, attempt })]);
    case 'look-again':
      return later(SHOWN_SOON_SECONDS, 'AWS still shows the old limit');
    case 'send-again':
      return sendAgain(deps, of, plan, { execution, attempt: verdict.attempt });
    case 'put-off': {
      const { putOff } = verdict;
      await conclude(deps, of, plan, [startedEvent(plan, attempt, putOff)], { effects: shownTo(plan.cause) });
      const seconds = mayHaveTakenEffect(putOff) ? SHOWN_SOON_SECONDS : deferredSeconds(putOff);
      return later(seconds, 'AWS did not accept the change yet');
    }
  }
}

/**
 * A request must be as approved as it was before the first try: its end comes later now. At the end of a grant, what applies
 * next may have ended meanwhile as well.
 */
async function sendAgain(
  deps: ReconcileDeps,
  of: Carried,
  plan: PlannedChange,
  { execution, attempt }: { execution: TaskExecution; attempt: number },
): Promise<WorkOutcome> {
  const { cause, request } = plan;
  if (cause !== 'grant' || !request)
    return beginChange(deps, planNow(plan, of.stored.run, deps.clock.now()), of, attempt);
  const approved = await isStillApproved(deps, request, { ...execution, bytesPerSecond: plan.from });
  if (approved === 'unknown') return later(TRY_AGAIN_SECONDS, 'it is not known whether its approvals still count');
  if (approved === 'no') {
    return conclude(deps, of, plan, [undoneEvent(plan, { why: 'not-approved', execution, attempt: attempt - 1 })]);
  }
  const cappedBy = cappedAt(of.stored.run, plan.to, deps.clock.now()).link;
  // A window has begun meanwhile. What was sent may still take effect.
  if (cappedBy !== null)
    return commitDone(deps, of, plan, execution, { sent: null, attempt: attempt - 1, open: true, cappedBy });
  return beginChange(deps, plan, of, attempt);
}

/** The new limit is in force. In the same write: its end, the polling of the run, and what other cards have to tell of it. */
async function commitDone(
  deps: ReconcileDeps,
  of: Carried,
  plan: PlannedChange,
  execution: TaskExecution,
  how: { sent: Sent | null; attempt: number; open: boolean; cappedBy?: string | undefined },
): Promise<WorkOutcome> {
  const done = doneEvent(plan, execution, how);
  if (plan.cause !== 'grant' || !plan.request) {
    return conclude(deps, of, plan, [done], afterReverted(plan, of.stored.inForce?.request ?? null));
  }
  const { policy, request, from } = plan;
  // It was weighed for a time that begins with the send, and AWS may have shown it a good deal later.
  const now = sentFor(request, of.stored.run) ?? deps.clock.now();
  const applied = { ...request, version: request.version + 1 };
  const scheduled = scheduledEvent(applied, { policy, now, run: of.stored.run, from });
  const early = await endForApprovals(deps, applied, of.stored.run, now);
  const end = early ?? scheduled;
  const events = end ? [done, end] : [done];
  return conclude(deps, of, plan, events, afterApplied(events, { before: of.stored, now: deps.clock.now() }));
}

/** What came of a change, on record. */
async function conclude(
  deps: ReconcileDeps,
  of: Carried,
  plan: PlannedChange,
  events: Change['events'],
  more: Pick<Change, 'effects' | 'timers' | 'others' | 'along'> = {},
): Promise<WorkOutcome> {
  const { stored: run, claim } = of;
  const effects = plan.cause === 'grant' ? (['show', 'result'] as const) : (['show', 'tell'] as const);
  const shown = plan.request ? { effects: [...effects] } : {};
  const committed = await deps.ledger.commit({
    op: operationKey(of),
    prior: plan.request,
    events,
    ...shown,
    ...more,
    run,
    claim,
  });
  return committed.kind === 'committed' ? DONE : later(0, `the request was ${committed.kind}`);
}

/** A key of this attempt alone: the versions keep out a second one, and a key that was given up can't be used again. */
export function operationKey({ stored, request, claim: { entry, deliveries } }: Carried): string {
  const about = request ? `${request.id}:${request.version}` : stored.execution;
  return `limit:${about}:${stored.run?.version ?? 0}:${entry}:${deliveries}`;
}

/** On behalf of who ended the grant early, or else of the requester; or because of the link. */
function accessOf(request: ThrottleRequest | null, { cause, role }: ChangeInFlight, member: PlannedChange['memberOf']) {
  if (request === null || cause === 'link') return linkAccess(member ?? 'none', role);
  const by = cause === 'end' ? (request.hold?.by ?? request.requester) : request.requester;
  return changeAccess(request, role, by);
}
