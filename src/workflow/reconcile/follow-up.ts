import type { AuditEvent, EventOf } from '../../domain/audit/audit-event.ts';
import type { PlannedChange } from '../../domain/run/change/change-events.ts';
import { nextNoticeAt } from '../../domain/run/grant/grant-notices.ts';
import type { ChangeCause } from '../../domain/run/run.ts';
import type { Change } from '../ports/commit.ts';
import type { RequestWork } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';

/** After that, polling sets its own pace. */
const FIRST_LOOK_SECONDS = 30;

type FollowUp = Pick<Change, 'effects' | 'timers' | 'others'>;

/** Where a change that is under way is shown. */
export function shownTo(cause: ChangeCause): RequestWork[] {
  return cause === 'grant' ? ['show'] : ['show', 'tell'];
}

/** The work and the timers that follow when a limit came into force. `before`: the run until then. */
export function afterApplied(
  events: readonly AuditEvent[],
  { before, now }: { before: StoredRun; now: Date },
): FollowUp {
  const scheduled = events.find((one) => one.event === 'revert.scheduled');
  const covered = before.inForce?.request;
  const isCapped = events.some((one) => one.event === 'applied' && one.detail.cappedBy !== undefined);
  const firstLook = { kind: 'watch', at: new Date(now.getTime() + FIRST_LOOK_SECONDS * 1000) } as const;
  return {
    effects: ['show', 'result'],
    timers: [...(scheduled ? revertTimers(scheduled, now) : []), firstLook],
    others: [
      ...(covered === undefined ? [] : [{ kind: 'show', request: covered } as const]),
      // The work of the link sets what is left of it.
      ...(isCapped ? [{ kind: 'member', execution: before.execution } as const] : []),
    ],
  };
}

/**
 * The same when the limit was brought back to an earlier request's, or to the one from before, or a link moved it. `shows`: the
 * request whose card follows the execution.
 */
export function afterReverted(
  { grant, request, cause }: Pick<PlannedChange, 'grant' | 'request' | 'cause'>,
  shows: string | null,
): FollowUp {
  const moved =
    cause === 'link' && shows !== null && shows !== grant ? [{ kind: 'show', request: shows } as const] : [];
  return {
    effects: request ? shownTo(cause) : [],
    others: [...moved, ...(grant === null || grant === request?.id ? [] : appliesAgain(grant))],
  };
}

/** Its limit applies again: its card tells so, and follows the run. */
export function appliesAgain(request: string): NonNullable<Change['others']> {
  return [
    { kind: 'show', request },
    { kind: 'watch', request },
  ];
}

function revertTimers(scheduled: EventOf<'revert.scheduled'>, now: Date): NonNullable<Change['timers']> {
  const { dueAt } = scheduled.detail;
  const notice = nextNoticeAt({ scheduledAt: now.toISOString(), dueAt, sent: null }, now);
  return [{ kind: 'revert', at: new Date(dueAt) }, ...(notice ? [{ kind: 'tell', at: notice } as const] : [])];
}
