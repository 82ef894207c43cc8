import type { Deferral, Sent } from '../../domain/run/change/sending.ts';
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
  execution: string,
  bytesPerSecond: number,
  access: Access,
): Promise<Sent> {
  try {
    const { requestId } = await executions.update(executionOf(execution), bytesPerSecond, access);
    return { requestId, accepted: true, refused: null, putOff: null };
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    const { requestId, operation: action, said } = fault;
    const answer = { requestId, accepted: false, refused: null, putOff: null };
    if (isDenied(fault)) return { ...answer, refused: { why: 'denied', action, said } };
    if (fault.kind === 'rejected') return { ...answer, refused: { why: 'rejected', action, said } };
    return { ...answer, putOff: deferralOf(fault) };
  }
}

/** Why the change has to be sent again, unless AWS shows it. */
function deferralOf({ kind, operation: action, said }: AwsFault): Deferral {
  switch (kind) {
    case 'throttled':
    case 'credentials':
    case 'region':
    case 'clock':
      return { why: kind, action, said };
    case 'unresolved':
    case 'proxy':
      return { why: 'not-reached', action, said };
    case 'internal':
    case 'not-aws':
      return { why: action === CHANGE ? 'error' : 'not-reached', action, said };
    default:
      return { why: action === CHANGE ? 'no-answer' : 'not-reached', action, said };
  }
}
