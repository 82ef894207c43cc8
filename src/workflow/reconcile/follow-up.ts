import type { AuditEvent, EventOf } from '../../domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { nextNoticeAt } from '../../domain/run/decide-revert.ts';
import { hasOpenGrant } from '../../domain/run/timed-grant.ts';
import type { Change } from '../ports/commit.ts';

/** After that, polling sets its own pace. */
const FIRST_LOOK_SECONDS = 30;

/**
 * The work and the timers that follow when a limit came into force, or when its end was moved. `running`: the request
 * that set the limit in force until now.
 */
export function followUp(
  events: readonly AuditEvent[],
  { running, now }: { running: ThrottleRequest | null; now: Date },
): Pick<Change, 'effects' | 'timers' | 'others'> {
  const applied = events.some(({ event }) => event === 'applied');
  const scheduled = events.find((one) => one.event === 'revert.scheduled');
  return {
    effects: applied || !scheduled ? ['show', 'result'] : ['show'],
    timers: [
      ...(scheduled ? revertTimers(scheduled, now) : []),
      ...(applied ? [{ kind: 'watch', at: new Date(now.getTime() + FIRST_LOOK_SECONDS * 1000) } as const] : []),
    ],
    // Its own run finds that it was replaced, and says so.
    others: applied && running ? [{ kind: hasOpenGrant(running) ? 'revert' : 'show', request: running.id }] : [],
  };
}

function revertTimers(scheduled: EventOf<'revert.scheduled'>, now: Date): NonNullable<Change['timers']> {
  const { dueAt } = scheduled.detail;
  const word = nextNoticeAt({ scheduledAt: now.toISOString(), dueAt, sent: null }, now);
  return [{ kind: 'revert', at: new Date(dueAt) }, ...(word ? [{ kind: 'tell', at: word } as const] : [])];
}
