import type { AuditEvent } from '../domain/audit-event.ts';
import {
  type BeginDecision,
  decideBegin,
  deniedEvent,
  judgeLook,
  judgeUnseen,
  unknownEvent,
  type Verdict,
  vanishedEvent,
} from '../domain/decide-apply.ts';
import { lengthenedEvents } from '../domain/decide-extend.ts';
import { scheduledEvent } from '../domain/decide-revert.ts';
import { ruleNow } from '../domain/decide-review.ts';
import { putOffSeconds, type Sent } from '../domain/sending.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import {
  changeAccess,
  DENIED_AGAIN_SECONDS,
  deniedLook,
  isDenied,
  lookAfterChange,
  lookAtExecution,
  sendRate,
} from './change-at-aws.ts';
import { AwsFault, PersonUnknown } from './faults.ts';
import { followUp } from './follow-up.ts';
import type { Absences, Claim, Clock, EffectKind, Executions, InForce, Ledger, People, PolicySource } from './ports.ts';
import { runningBeside, type StandingFacts, standingFacts } from './request-facts.ts';

export interface ApplyDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  people: People;
  policy: PolicySource;
  clock: Clock;
}

/** `later`: not known, or not yet so; to be looked at again after that many seconds. */
export type Applied = { kind: 'done' } | { kind: 'later'; seconds: number; why: string };

const DONE: Applied = { kind: 'done' };
/** AWS shows a change soon, if not at once. */
const SHOWN_SOON_SECONDS = 2;
const TRY_AGAIN_SECONDS = 5;
const WAITS_FOR = {
  groups: 'Slack can’t say who may',
  policies: 'another bot runs a policy that can’t be read here',
  status: 'AWS shows a status that is not known here',
} as const;

/**
 * Carries out an agreed request: re-check, intent on record, send, read back. Safe to run again at any point: what was
 * begun is judged by what AWS shows.
 * @throws ClaimLost, NotRecorded, OutcomeUnknown, LedgerLost: the worker tries again
 */
export async function applyThrottle(deps: ApplyDeps, id: string, claim: Claim): Promise<Applied> {
  const stored = await deps.ledger.load(id);
  if (!stored) return DONE;
  const { request } = stored;
  if (request.status === 'approved') return begin(deps, request, claim);
  if (request.status === 'applying') return look(deps, request, claim, null);
  return DONE;
}

async function begin(deps: ApplyDeps, request: ThrottleRequest, claim: Claim): Promise<Applied> {
  const facts = await factsOr(deps, request);
  if (!facts) return later(TRY_AGAIN_SECONDS, WAITS_FOR.groups);
  // AWS is asked only where all the rest stands: without a rule nobody knows by which role.
  const unseen = decideBegin(request, { ...facts, execution: null, now: deps.clock.now() });
  if (unseen.kind !== 'send') return conclude(deps, request, unseen, claim);
  const role = ruleNow(request, facts.inForce)?.role ?? null;
  // Read before AWS is asked: a limit that is set back in between moves it, and the intent is not taken.
  const { standing } = facts;
  const execution = await lookAtExecution(deps, request, changeAccess(request, role));
  if (execution instanceof AwsFault) {
    const policy = facts.inForce.digest;
    if (isDenied(execution)) return write(deps, request, deniedEvent(request, policy, deniedLook(execution)), claim);
    if (execution.kind === 'gone') {
      return write(deps, request, vanishedEvent(request, policy, execution), claim);
    }
    return later(TRY_AGAIN_SECONDS, execution.message);
  }
  const decision = decideBegin(request, { ...facts, execution, now: deps.clock.now() });
  if (decision.kind === 'send' && request.extends) {
    return lengthen(deps, request, { ...facts, execution }, claim);
  }
  return conclude(deps, request, decision, claim, standing);
}

/** More time for a limit that is in force: nothing is sent, so that it is applied once it is on record. */
async function lengthen(
  deps: ApplyDeps,
  request: ThrottleRequest,
  facts: StandingFacts & { execution: TaskExecution },
  claim: Claim,
): Promise<Applied> {
  const { standing, running } = facts;
  const now = deps.clock.now();
  const events = lengthenedEvents(request, { ...facts, now });
  const change = { op: operation(request, claim), prior: request, events, claim };
  const follows = followUp(events, { running, now });
  const committed = await deps.ledger.commit({
    ...change,
    ...follows,
    // Somebody may want it back just now.
    beside: { inForce: standing?.mark ?? null, running },
  });
  return committed.kind === 'committed' ? DONE : later(1, `the request was ${committed.kind}`);
}

async function conclude(
  deps: ApplyDeps,
  request: ThrottleRequest,
  decision: BeginDecision,
  claim: Claim,
  standing: InForce | null = null,
): Promise<Applied> {
  switch (decision.kind) {
    case 'wait':
      return later(TRY_AGAIN_SECONDS, WAITS_FOR[decision.for]);
    case 'end':
      return write(deps, request, decision.event, claim);
    case 'send':
      return send(deps, request, decision.event, claim, { inForce: standing?.mark ?? null });
  }
}

async function factsOr(deps: ApplyDeps, request: ThrottleRequest) {
  try {
    return await standingFacts(deps, request);
  } catch (fault) {
    if (fault instanceof PersonUnknown) return null;
    throw fault;
  }
}

/** The intent first; then the change; then what AWS shows. */
async function send(
  deps: ApplyDeps,
  before: ThrottleRequest,
  intent: AuditEvent,
  claim: Claim,
  beside?: { inForce: string | null },
): Promise<Applied> {
  const op = operation(before, claim);
  const committed = await deps.ledger.commit({
    op,
    prior: before,
    events: [intent],
    effects: ['show'],
    claim,
    ...(beside ? { beside } : {}),
  });
  // Moved: what was looked at before is old now, maybe because a limit is being set back.
  if (committed.kind !== 'committed' || !committed.state) return later(1, `the request was ${committed.kind}`);
  const request = committed.state;
  const sent = await sendRate(deps, request, request.to, changeAccess(request, request.apply?.role ?? null));
  return look(deps, request, claim, sent);
}

async function look(deps: ApplyDeps, request: ThrottleRequest, claim: Claim, sent: Sent | null): Promise<Applied> {
  const policy = deps.policy.current().digest;
  const execution = await lookAfterChange(deps, request, changeAccess(request, request.apply?.role ?? null));
  if (execution instanceof AwsFault) return unseen(deps, request, execution, claim, sent);
  return follow(deps, request, judgeLook(request, execution, { policy, now: deps.clock.now(), sent }), claim);
}

/** AWS does not show what came of it: the execution is gone, nobody may look, or it is to be asked again. */
async function unseen(
  deps: ApplyDeps,
  request: ThrottleRequest,
  fault: AwsFault,
  claim: Claim,
  sent: Sent | null,
): Promise<Applied> {
  const policy = deps.policy.current().digest;
  if (fault.kind === 'gone') return write(deps, request, vanishedEvent(request, policy, fault), claim);
  const denied = isDenied(fault) ? deniedLook(fault) : null;
  if (denied) {
    const event = judgeUnseen(request, denied, { policy, now: deps.clock.now(), sent });
    if (event) return write(deps, request, event, claim);
  }
  const unknown = unknownEvent(request, policy, { why: `${fault.operation}: ${fault.kind}`, said: fault.said }, denied);
  if (unknown) await write(deps, request, unknown, claim, ['show']);
  return later(denied ? DENIED_AGAIN_SECONDS : TRY_AGAIN_SECONDS, fault.message);
}

async function follow(deps: ApplyDeps, request: ThrottleRequest, verdict: Verdict, claim: Claim): Promise<Applied> {
  switch (verdict.kind) {
    case 'end':
      return verdict.event.event === 'applied'
        ? writeApplied(deps, request, verdict.event, claim)
        : write(deps, request, verdict.event, claim);
    case 'look-again':
      return later(SHOWN_SOON_SECONDS, 'AWS still shows the old limit');
    case 'send-again':
      return send(deps, request, verdict.event, claim);
    case 'put-off':
      await write(deps, request, verdict.event, claim, ['show']);
      return later(putOffSeconds(verdict.putOff), 'AWS put the change off');
  }
}

/** In force, with what follows from it in the same write: its end, the watch, the end of the time that ran before. */
async function writeApplied(
  deps: ApplyDeps,
  request: ThrottleRequest,
  applied: AuditEvent,
  claim: Claim,
): Promise<Applied> {
  const standing = await deps.ledger.inForceOf(request.execution);
  const running = await runningBeside(deps, request, standing);
  const now = deps.clock.now();
  const scheduled = scheduledEvent(
    { ...request, version: request.version + 1 },
    { policy: applied.policy ?? '', now, running },
  );
  const events = scheduled ? [applied, scheduled] : [applied];
  const op = operation(request, claim);
  const committed = await deps.ledger.commit({
    op,
    prior: request,
    events,
    claim,
    ...followUp(events, { running, now }),
  });
  return committed.kind === 'committed' ? DONE : later(0, `the request was ${committed.kind}`);
}

async function write(
  deps: ApplyDeps,
  request: ThrottleRequest,
  event: AuditEvent,
  claim: Claim,
  effects: EffectKind[] = ['show', 'result'],
): Promise<Applied> {
  const op = operation(request, claim);
  const committed = await deps.ledger.commit({ op, prior: request, events: [event], effects, claim });
  return committed.kind === 'committed' ? DONE : later(0, `the request was ${committed.kind}`);
}

/** A key of this try alone: the version keeps a second one out, and a key once given up can't be used again. */
function operation(request: ThrottleRequest, { entry, deliveries }: Claim): string {
  return `apply:${request.id}:${request.version}:${entry}:${deliveries}`;
}

function later(seconds: number, why: string): Applied {
  return { kind: 'later', seconds, why };
}
