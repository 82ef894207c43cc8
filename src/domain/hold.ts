import type { Actor } from './audit-event.ts';
import type { PutOff, Refused } from './sending.ts';

/**
 * A limit that was asked for a while: until when it holds, what it goes back to, and what came of that. The request has
 * ended as a request; this goes on until the limit was set back, or is left alone for a reason.
 */
export interface Hold {
  /** When the limit first came into force: what it was extended by counts from here too. */
  since: string;
  scheduledAt: string;
  dueAt: string;
  /** The rate in force before it, bytes per second, -1 unlimited: what it goes back to. */
  base: number;
  /** The role that the change was made under, and its end is. Null = the bot's own credentials. */
  role: string | null;
  /** Who wanted it to end early; null where its time decides. */
  by: Actor | null;
  /** When setting it back was last about to be sent: the intent is recorded first. */
  sent: { sentAt: string; attempt: number; putOff?: PutOff | null } | null;
  end: HoldEnd | null;
}

/** Why a limit is left alone when its time is over. */
export type SkippedWhy = 'changed' | 'ended' | 'replaced';

/** Why it could not be set back. */
export type RevertFailedWhy = 'denied' | 'rejected' | 'ignored' | 'unseen';

export interface HoldEnd {
  at: string;
  how: 'reverted' | 'skipped' | 'failed';
  why: SkippedWhy | RevertFailedWhy | null;
  /** The rate read back from AWS, where one was read. */
  rate: number | null;
  /** The request whose limit, or longer time, took its place. */
  replacedBy: string | null;
  /** That one only gives it more time: until then. Absent in what an older version stored. */
  extendedUntil?: string | null;
  awsRequestId: string | null;
  refused: Refused | null;
}

/**
 * Why a request needs the approvals of a change to the rate that the running limit reverts to. `ends-earlier`: that rate would
 * come sooner. `revert-now`: somebody could bring it about who can't today.
 */
type TakeoverWhy = 'ends-earlier' | 'revert-now';

/** A request takes the place of a limit whose end raises the rate, and moves that end, or lets others move it. */
export interface Takeover {
  /** The request whose limit runs. */
  request: string;
  /** What that one reverts to, and so does what takes its place; bytes per second, -1 unlimited. */
  base: number;
  /** When that one reverts. */
  dueAt: string;
  why: TakeoverWhy;
}

/** Somebody changed the limit past the bot: what AWS showed. */
export interface Drift {
  at: string;
  rate: number;
}

/** What `revert.scheduled` must carry, for the fold. */
export interface ScheduledDetail {
  base: number;
  since: string;
  dueAt: string;
  role: string | null;
}

export interface HoldEvent {
  event: 'revert.scheduled' | 'revert.started' | 'reverted' | 'revert.skipped' | 'revert.failed';
  at: string;
  actor: Actor | null;
  aws: { requestId: string | null } | null;
  detail: Readonly<Record<string, unknown>> | null;
}

/**
 * The next state of a hold.
 * @throws Error on an event that does not fit: nothing is set back that is not held, and nothing twice.
 */
export function evolveHold(hold: Hold | null, event: HoldEvent): Hold {
  if (event.event === 'revert.scheduled') {
    if (hold?.end || hold?.sent) throw new Error('a hold that is ending was scheduled again');
    const { base, since, dueAt, role } = event.detail as unknown as ScheduledDetail;
    return { base, since, dueAt, role, scheduledAt: event.at, by: event.actor, sent: null, end: null };
  }
  if (!hold || hold.end) throw new Error(`${event.event} of what is not held`);
  if (event.event === 'revert.started') {
    const { attempt, putOff = null } = event.detail as { attempt: number; putOff?: PutOff };
    return { ...hold, sent: { sentAt: event.at, attempt, putOff } };
  }
  if (event.event === 'reverted' && !hold.sent) throw new Error('reverted before the intent');
  const detail = event.detail as Partial<HoldEnd> | null;
  return {
    ...hold,
    end: {
      at: event.at,
      how: HOW[event.event],
      why: event.event === 'reverted' ? null : (detail?.why ?? null),
      rate: detail?.rate ?? null,
      replacedBy: detail?.replacedBy ?? null,
      ...(detail?.extendedUntil ? { extendedUntil: detail.extendedUntil } : {}),
      awsRequestId: event.aws?.requestId ?? null,
      refused: detail?.refused ?? null,
    },
  };
}

const HOW = { reverted: 'reverted', 'revert.skipped': 'skipped', 'revert.failed': 'failed' } as const;

/** Until when another request lengthens the time of this one; null: it does not. */
export function extendedUntil(
  { id, hold }: { id: string; hold?: Hold | null },
  by: { extends: { request: string; dueAt: string } | null; hold: Hold | null } | null,
): string | null {
  if (by?.extends?.request === id) return by.hold?.dueAt ?? by.extends.dueAt;
  return hold?.end?.extendedUntil ?? null;
}

/** Whether its time still runs, or setting it back is under way. */
export function isHeld(request: { hold?: Hold | null }): request is { hold: Hold } {
  return request.hold != null && request.hold.end === null;
}

/** Whether setting it back may be on its way to AWS. */
export function isReverting(request: { hold?: Hold | null }): boolean {
  return isHeld(request) && request.hold.sent !== null;
}
