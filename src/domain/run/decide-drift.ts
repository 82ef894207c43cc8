import type { EventOf } from '../audit/audit-event.ts';
import type { TaskExecution } from '../execution/task-execution.ts';
import { stateEvent } from '../request/request-event.ts';
import type { ThrottleRequest } from '../request/throttle-request.ts';
import { runFacts } from './change/change-events.ts';
import { LATE_WRITE_SECONDS, mayShow } from './evolve-run.ts';
import { memberOf, type Run } from './run.ts';

/**
 * What a limit that AWS shows says about who set it. `late-write`: the bot, a while ago, and AWS did not confirm it then. Not
 * asked while a change is in flight.
 */
export function originOf(run: Run | null, rate: number, now: Date): 'as-set' | 'late-write' | 'outside' {
  if (run === null || mayShow(run, rate)) return 'as-set';
  return isLateWrite(run, rate, now) ? 'late-write' : 'outside';
}

/** Whether the bot sent this rate a while ago, and AWS did not confirm it then. */
export function isLateWrite(run: Run, rate: number, now: Date): boolean {
  return run.unconfirmed.some(
    (sent) => sent.rate === rate && now.getTime() - Date.parse(sent.sentAt) < LATE_WRITE_SECONDS * 1000,
  );
}

/**
 * A limit was set outside the bot: recorded once for each change. `request`: the one that set the limit before; null: a link set
 * it.
 */
export function driftEvent(
  request: ThrottleRequest | null,
  run: Run,
  execution: TaskExecution,
  policy: string,
): EventOf<'drift.detected'> {
  const rate = execution.bytesPerSecond;
  const expected = run.inForce?.rate ?? request?.to ?? rate;
  const detail = { rate, expected, status: execution.status };
  const about = { execution: run.execution, memberOf: memberOf(run), from: expected, to: rate, policy };
  const facts = runFacts(about);
  const event = request
    ? { ...stateEvent(request, 'drift.detected', null, policy, detail), link: about.memberOf, from: expected, to: rate }
    : { ...facts, event: 'drift.detected' as const, detail };
  return { ...event, aws: { requestId: execution.requestId } };
}
