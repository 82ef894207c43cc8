import type { AuditEvent } from '../domain/audit-event.ts';
import {
  decideRevert,
  judgeRevert,
  judgeUnseenRevert,
  revertFailedEvent,
  skippedEvent,
} from '../domain/decide-revert.ts';
import { extendedUntil, type Hold, isHeld } from '../domain/hold.ts';
import { putOffSeconds, type Sent } from '../domain/sending.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { Applied } from './apply-throttle.ts';
import {
  changeAccess,
  DENIED_AGAIN_SECONDS,
  deniedLook,
  isDenied,
  lookAfterChange,
  lookAtExecution,
  sendRate,
} from './change-at-aws.ts';
import { AwsFault } from './faults.ts';
import type { Absences, Change, Claim, Clock, Executions, Ledger, PolicySource } from './ports.ts';

export interface RevertDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  policy: PolicySource;
  clock: Clock;
}

type Held = ThrottleRequest & { hold: Hold };
type Beside = NonNullable<Change['beside']>;

const DONE: Applied = { kind: 'done' };
const SHOWN_SOON_SECONDS = 2;
const TRY_AGAIN_SECONDS = 5;
/** Another change of the execution is on its way: it takes a moment. */
const BUSY_SECONDS = 1;
/** It passes when AWS is done with it, whatever it is. */
const UNKNOWN_STATUS_SECONDS = 15;

/**
 * Sets a limit back whose time is over: only where it is still what we set, the intent on record first, then sent, then
 * read back. Safe to run again at any point, by any bot: what was begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export async function revertLimit(deps: RevertDeps, id: string, claim: Claim): Promise<Applied> {
  const stored = await deps.ledger.load(id);
  if (!stored || !isHeld(stored.request)) return DONE;
  const { request } = stored;
  if (request.hold.sent) return look(deps, request, claim, null);
  return begin(deps, request, claim);
}

async function begin(deps: RevertDeps, request: Held, claim: Claim): Promise<Applied> {
  const policy = deps.policy.current().digest;
  const standing = await deps.ledger.inForceOf(request.execution);
  if (standing && standing.request !== request.id) {
    const by = (await deps.ledger.load(standing.request))?.request ?? null;
    const until = extendedUntil(request, by);
    const place = { replacedBy: standing.request, ...(until ? { extendedUntil: until } : {}) };
    return write(deps, request, skippedEvent(request, 'replaced', policy, place), claim);
  }
  const early = decideRevert(request, { execution: null, policy, now: deps.clock.now() });
  if (early.kind === 'early') return later(early.seconds, 'its time is not over yet');
  // What AWS shows may be another request's limit that is on its way: then nothing is decided by it, not to leave it alone either.
  const beside = { inForce: standing?.mark ?? null };
  const execution = await lookAtExecution(deps, request, accessOf(request));
  if (execution instanceof AwsFault) return unseen(deps, request, execution, claim, beside);
  const decision = decideRevert(request, { execution, policy, now: deps.clock.now() });
  switch (decision.kind) {
    case 'early':
      return later(decision.seconds, 'its time is not over yet');
    case 'wait':
      return later(UNKNOWN_STATUS_SECONDS, `AWS shows a status that is not known here (${execution.status})`);
    case 'end':
      return write(deps, request, decision.event, claim, beside);
    case 'send':
      return send(deps, request, decision.event, claim, beside);
  }
}

/** The intent first; then the change; then what AWS shows. */
async function send(
  deps: RevertDeps,
  before: Held,
  intent: AuditEvent,
  claim: Claim,
  beside?: Beside,
): Promise<Applied> {
  const committed = await deps.ledger.commit({
    op: operation(before, claim),
    prior: before,
    events: [intent],
    effects: ['show', 'tell'],
    claim,
    ...(beside ? { beside } : {}),
  });
  if (committed.kind !== 'committed' || !committed.state || !isHeld(committed.state)) {
    return later(BUSY_SECONDS, `the request was ${committed.kind}`);
  }
  const request = committed.state;
  const sent = await sendRate(deps, request, request.hold.base, accessOf(request));
  return look(deps, request, claim, sent);
}

async function look(deps: RevertDeps, request: Held, claim: Claim, sent: Sent | null): Promise<Applied> {
  const policy = deps.policy.current().digest;
  const execution = await lookAfterChange(deps, request, accessOf(request));
  const facts = { policy, now: deps.clock.now(), sent };
  if (execution instanceof AwsFault) {
    if (!isDenied(execution)) return unseen(deps, request, execution, claim);
    const event = judgeUnseenRevert(request, deniedLook(execution), facts);
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
      return later(putOffSeconds(verdict.putOff), 'AWS put the change off');
  }
}

/** AWS does not show the execution: gone, forbidden before anything was sent, or to be asked again. */
async function unseen(
  deps: RevertDeps,
  request: Held,
  fault: AwsFault,
  claim: Claim,
  beside?: Beside,
): Promise<Applied> {
  const policy = deps.policy.current().digest;
  if (fault.kind === 'gone') {
    const { requestId: awsRequestId, said } = fault;
    return write(deps, request, skippedEvent(request, 'ended', policy, { awsRequestId, said }), claim, beside);
  }
  if (isDenied(fault)) {
    const event = revertFailedEvent(request, policy, 'denied', deniedLook(fault), null);
    return write(deps, request, event, claim, beside);
  }
  return later(TRY_AGAIN_SECONDS, fault.message);
}

async function write(
  deps: RevertDeps,
  request: Held,
  event: AuditEvent,
  claim: Claim,
  beside?: Beside,
): Promise<Applied> {
  const committed = await deps.ledger.commit({
    op: operation(request, claim),
    prior: request,
    events: [event],
    effects: ['show', 'tell'],
    claim,
    ...(beside ? { beside } : {}),
  });
  return committed.kind === 'committed' ? DONE : later(BUSY_SECONDS, `the request was ${committed.kind}`);
}

/** A key of this try alone, as in the apply. */
function operation(request: ThrottleRequest, { entry, deliveries }: Claim): string {
  return `revert:${request.id}:${request.version}:${entry}:${deliveries}`;
}

/** Under the role on record; on behalf of who wants it back now, or who asked for the limit. */
function accessOf(request: Held) {
  return changeAccess(request, request.hold.role, request.hold.by ?? request.requester);
}

function later(seconds: number, why: string): Applied {
  return { kind: 'later', seconds, why };
}
