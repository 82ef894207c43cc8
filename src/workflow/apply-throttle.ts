import {
  type BeginDecision,
  decideBegin,
  deniedEvent,
  judgeLook,
  type Sent,
  unknownEvent,
  type Verdict,
  vanishedEvent,
} from '../domain/decide-apply.ts';
import { ruleNow } from '../domain/decide-review.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { AuditEvent, ThrottleRequest } from '../domain/throttle-request.ts';
import { AwsFault, PersonUnknown } from './faults.ts';
import type { Access, Claim, Clock, EffectKind, Executions, Ledger, People, PolicySource } from './ports.ts';
import { executionOf, standingFacts } from './request-facts.ts';

export interface ApplyDeps {
  ledger: Ledger;
  executions: Executions;
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
  if (!facts) return later(TRY_AGAIN_SECONDS, 'Slack can’t say who may');
  // AWS is asked only where all the rest stands: without a rule nobody knows by which role.
  const unseen = decideBegin(request, { ...facts, execution: null, now: deps.clock.now() });
  if (unseen.kind !== 'send') return conclude(deps, request, unseen, claim);
  const role = ruleNow(request, facts.inForce)?.role ?? null;
  const execution = await lookAt(deps, request, changeAccess(request, role));
  if (execution instanceof AwsFault) {
    const { operation: action, requestId } = execution;
    const policy = facts.inForce.digest;
    if (isDenied(execution))
      return write(deps, request, deniedEvent(request, policy, { action, role, requestId }), claim);
    if (execution.kind === 'not-found') return write(deps, request, vanishedEvent(request, policy, requestId), claim);
    return later(TRY_AGAIN_SECONDS, execution.message);
  }
  return conclude(deps, request, decideBegin(request, { ...facts, execution, now: deps.clock.now() }), claim);
}

async function conclude(
  deps: ApplyDeps,
  request: ThrottleRequest,
  decision: BeginDecision,
  claim: Claim,
): Promise<Applied> {
  switch (decision.kind) {
    case 'wait':
      return later(TRY_AGAIN_SECONDS, 'Slack can’t say who may');
    case 'end':
      return write(deps, request, decision.event, claim);
    case 'send':
      return send(deps, request, decision.event, claim);
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
async function send(deps: ApplyDeps, before: ThrottleRequest, intent: AuditEvent, claim: Claim): Promise<Applied> {
  const op = operation(before, claim);
  const committed = await deps.ledger.commit({ op, prior: before, events: [intent], effects: ['show'], claim });
  if (committed.kind !== 'committed' || !committed.state) return later(0, `the request was ${committed.kind}`);
  const request = committed.state;
  const access = changeAccess(request, request.apply?.role ?? null);
  const sent = await update(deps, request, access);
  return look(deps, request, claim, sent);
}

/** Sends the change. What AWS says of it is only a hint; a clear no is kept, in case the look shows the old rate. */
async function update(deps: ApplyDeps, request: ThrottleRequest, access: Access): Promise<Sent> {
  try {
    const { requestId } = await deps.executions.update(executionOf(request), request.to, access);
    return { requestId, refused: null };
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    const { requestId, operation: action } = fault;
    if (isDenied(fault)) return { requestId, refused: { why: 'denied', action } };
    return { requestId, refused: fault.kind === 'rejected' ? { why: 'rejected', action } : null };
  }
}

function isDenied({ kind }: AwsFault): boolean {
  return kind === 'denied' || kind === 'credentials';
}

async function look(deps: ApplyDeps, request: ThrottleRequest, claim: Claim, sent: Sent | null): Promise<Applied> {
  const policy = deps.policy.current().digest;
  const execution = await lookAt(deps, request, changeAccess(request, request.apply?.role ?? null));
  if (execution instanceof AwsFault) {
    if (execution.kind === 'not-found') {
      return write(deps, request, vanishedEvent(request, policy, execution.requestId), claim);
    }
    const unknown = unknownEvent(request, policy, execution.message);
    if (unknown) await write(deps, request, unknown, claim, ['show']);
    return later(TRY_AGAIN_SECONDS, execution.message);
  }
  return follow(deps, request, judgeLook(request, execution, { policy, now: deps.clock.now(), sent }), claim);
}

async function follow(deps: ApplyDeps, request: ThrottleRequest, verdict: Verdict, claim: Claim): Promise<Applied> {
  switch (verdict.kind) {
    case 'end':
      return write(deps, request, verdict.event, claim);
    case 'look-again':
      return later(SHOWN_SOON_SECONDS, 'AWS still shows the old limit');
    case 'send-again':
      return send(deps, request, verdict.event, claim);
  }
}

async function lookAt(deps: ApplyDeps, request: ThrottleRequest, access: Access): Promise<TaskExecution | AwsFault> {
  try {
    return await deps.executions.describe(executionOf(request), access);
  } catch (fault) {
    if (fault instanceof AwsFault) return fault;
    throw fault;
  }
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

/** The change's own session: named after the request, on behalf of who asked for it. */
function changeAccess(request: ThrottleRequest, role: string | null): Access {
  const { team, user } = request.requester;
  return { role, session: { kind: 'change', request: request.id, team, user } };
}

function later(seconds: number, why: string): Applied {
  return { kind: 'later', seconds, why };
}
