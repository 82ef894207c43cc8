import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Deferral, Sent } from '../../domain/run/sending.ts';
import { AwsFault } from '../faults.ts';
import type { Access, Executions } from '../ports/executions.ts';
import { isDenied } from './observe-execution.ts';
import { executionOf } from './request-facts.ts';

const CHANGE = 'datasync:UpdateTaskExecution';

/**
 * Sends a rate to AWS. The answer is only a hint, since the read-back decides; a clear refusal is kept in case the
 * read-back shows the old rate.
 */
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
    return { requestId, refused: null, putOff: deferralOf(fault) };
  }
}

/**
 * Why the change certainly did not reach AWS. Null where it may have: it was sent, and what came back was nothing, an
 * error inside AWS, or a page of something in between.
 */
function deferralOf({ kind, operation: action, said }: AwsFault): Deferral | null {
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
