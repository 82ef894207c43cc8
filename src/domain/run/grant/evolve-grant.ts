import type { DatedEvent } from '../../audit/audit-event.ts';
import type { GrantEnd, TimedGrant } from './timed-grant.ts';

export type GrantEvent = Extract<
  DatedEvent,
  { event: 'revert.scheduled' | 'revert.started' | 'reverted' | 'revert.skipped' | 'revert.failed' }
>;

/**
 * The next state of a timed grant.
 * @throws Error on an event that does not fit: only an open grant is reverted, and only once
 */
export function evolveGrant(hold: TimedGrant | null, event: GrantEvent): TimedGrant {
  if (event.event === 'revert.scheduled') {
    if (hold?.end || hold?.sent) throw new Error('a hold that is ending was scheduled again');
    const { base, since, dueAt, role } = event.detail;
    return { base, since, dueAt, role, scheduledAt: event.at, by: event.actor, sent: null, end: null };
  }
  if (!hold || hold.end) throw new Error(`${event.event} of what is not held`);
  const end = (how: GrantEnd['how'], more: Pick<GrantEnd, 'why' | 'rate'> & Partial<GrantEnd>): TimedGrant => ({
    ...hold,
    end: {
      at: event.at,
      how,
      why: more.why,
      rate: more.rate,
      replacedBy: more.replacedBy ?? null,
      ...(more.extendedUntil ? { extendedUntil: more.extendedUntil } : {}),
      awsRequestId: event.aws?.requestId ?? null,
      refused: more.refused ?? null,
    },
  });
  switch (event.event) {
    case 'revert.started': {
      const { attempt, putOff = null } = event.detail;
      return { ...hold, base: event.to ?? hold.base, sent: { sentAt: event.at, attempt, putOff } };
    }
    case 'reverted':
      if (!hold.sent) throw new Error('reverted before the intent');
      return end('reverted', { why: null, rate: event.detail.rate });
    case 'revert.skipped':
      return end('skipped', event.detail);
    case 'revert.failed':
      return end('failed', event.detail);
    default:
      return unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`no event of a hold: ${JSON.stringify(event)}`);
}
