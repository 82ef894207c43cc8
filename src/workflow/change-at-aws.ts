import type { Actor } from '../domain/actor.ts';
import type { Denied } from '../domain/decide-apply.ts';
import { ruleNow } from '../domain/decide-review.ts';
import type { PutOff, Sent } from '../domain/sending.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { type AbsentDeps, judgeAbsent } from './absent-execution.ts';
import { AwsFault } from './faults.ts';
import type { Access, Executions, PolicySource } from './ports.ts';
import { executionOf } from './request-facts.ts';

const CHANGE = 'datasync:UpdateTaskExecution';

/** The change's own session: named after the request, on behalf of who asked for it. */
export function changeAccess(
  request: ThrottleRequest,
  role: string | null,
  { team, user }: Pick<Actor, 'team' | 'user'> = request.requester,
): Access {
  return { role, session: { kind: 'change', request: request.id, team, user } };
}

/**
 * The execution as it is now, or why it can't be seen. That it was not found before is over with it: so a worker's look says.
 * @throws NotRecorded
 */
export async function lookAtExecution(
  deps: AbsentDeps,
  request: ThrottleRequest,
  access: Access,
): Promise<TaskExecution | AwsFault> {
  const seen = await lookOnce(deps, request, access);
  if (!(seen instanceof AwsFault)) await deps.absences.end(request.execution);
  return seen;
}

/** The same for whom somebody waits: nothing is written where it is found. @throws NotRecorded where it is not */
export async function lookOnce(
  deps: AbsentDeps,
  request: ThrottleRequest,
  access: Access,
): Promise<TaskExecution | AwsFault> {
  const execution = executionOf(request);
  try {
    return await deps.executions.describe(execution, access);
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    return fault.kind === 'not-found' ? judgeAbsent(deps, execution, access, fault) : fault;
  }
}

/** As who only looks: under the rule in force now, or else the role that the change was made under. */
export function readAccess(request: ThrottleRequest, policy: PolicySource): Access {
  const role = ruleNow(request, policy.current())?.role ?? request.hold?.role ?? request.apply?.role ?? null;
  return { role, session: { kind: 'read' } };
}

/**
 * The execution after a change was sent. Where the change's own session may not look any more, another role may, if the
 * policy names one by now; the fault is that of the first.
 */
export async function lookAfterChange(
  deps: AbsentDeps & { policy: PolicySource },
  request: ThrottleRequest,
  access: Access,
): Promise<TaskExecution | AwsFault> {
  const seen = await lookAtExecution(deps, request, access);
  if (!(seen instanceof AwsFault && isDenied(seen))) return seen;
  const again = await lookAtExecution(deps, request, readAccess(request, deps.policy));
  return again instanceof AwsFault && isDenied(again) ? seen : again;
}

/** What AWS did not allow. */
export function deniedLook({ operation: action, role, requestId, said }: AwsFault): Denied {
  return { action, role, requestId, said };
}

/** Sends a rate. What AWS says of it is only a hint; a clear no is kept, in case the look shows the old rate. */
export async function sendRate(
  { executions }: { executions: Executions },
  request: ThrottleRequest,
  bytesPerSecond: number,
  access: Access,
): Promise<Sent> {
  try {
    const { requestId } = await executions.update(executionOf(request), bytesPerSecond, access);
    return { requestId, refused: null, putOff: null };
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    const { requestId, operation: action, said } = fault;
    if (isDenied(fault)) return { requestId, refused: { why: 'denied', action, said }, putOff: null };
    if (fault.kind === 'rejected') return { requestId, refused: { why: 'rejected', action, said }, putOff: null };
    return { requestId, refused: null, putOff: putOffBy(fault) };
  }
}

/** Null where it may have been carried out: a change that was sent, and no answer, an error inside AWS, or another's page. */
function putOffBy({ kind, operation: action, said }: AwsFault): PutOff | null {
  switch (kind) {
    case 'throttled':
    case 'credentials':
    case 'region':
    case 'clock':
      return { why: kind, action, said };
    case 'unresolved':
    case 'proxy':
      return { why: 'not-reached', action, said };
    default:
      return action === CHANGE ? null : { why: 'not-reached', action, said };
  }
}

/** Somebody has to allow it first: so it is asked again less often than what may pass by itself. */
export const DENIED_AGAIN_SECONDS = 60;

/** AWS lets the bot not near it, and waiting would not help. Where the bot's own credentials can't be had, it may. */
export function isDenied({ kind }: AwsFault): boolean {
  return kind === 'denied';
}
