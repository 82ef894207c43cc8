import { reminderDue } from '../../domain/request/reminders.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { nextNoticeAt } from '../../domain/run/grant/grant-notices.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import { ifUnreadable } from '../faults.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Effect, RequestWork, Timers } from '../ports/outbox.ts';

/** Work that is under way is done long before this; to do it twice does no harm. */
const GRACE_SECONDS = 120;

/** How a timer comes to be missing. `lost`: somebody deleted it. `perhaps`: the work may be under way. */
interface Due {
  kind: RequestWork;
  at: Date;
  missing: 'lost' | 'perhaps';
}

/** What of the ledger is needed for it. */
type RestoredFrom = Pick<Ledger, 'openRequests' | 'limitsInForce' | 'run' | 'load'>;

/** What a request waits for that has a time of its own, which is ahead: its expiry, or the end of its grant. */
export function timersAhead(request: ThrottleRequest, now: Date): { effect: Effect; at: Date }[] {
  const all = isOpen(request) ? timersOf(request, now, 0) : endOf(request, now, 0);
  return named(request, all).filter(({ missing }) => missing === 'lost');
}

/** When approvers are reminded next, or a notice about the limit is posted next. Without reminders in its rule nobody is. */
export function noticesAhead(request: ThrottleRequest, now: Date): { effect: Effect; at: Date }[] {
  const remindAt = request.status === 'pending' ? reminderDue(request, now).next : null;
  const tellAt = hasOpenGrant(request) ? nextNoticeAt(request.hold, now) : null;
  return [
    ...(remindAt ? [{ effect: { kind: 'remind', request: request.id } as const, at: remindAt }] : []),
    ...(tellAt ? [{ effect: { kind: 'tell', request: request.id } as const, at: tellAt }] : []),
  ];
}

/**
 * Sets the timers anew that requests and limits need and that Redis lacks, for example because somebody deleted them. Timers
 * that are there stay as they are. Safe to repeat, also by several bots at once.
 * @param graceSeconds for how long work that may be under way is left to whoever has it
 * @returns how many were lost
 */
export async function restoreWork(
  deps: { ledger: RestoredFrom; timers: Timers; clock: Clock },
  graceSeconds = GRACE_SECONDS,
): Promise<number> {
  const now = deps.clock.now();
  const open = (await deps.ledger.openRequests()).map(({ request }) => request);
  const polled = (await deps.ledger.limitsInForce()).map(({ request }) => request);
  const covered = await Promise.all(polled.map((request) => coveredBy(deps.ledger, request)));
  const needed = [
    ...open.flatMap((request) => named(request, timersOf(request, now, graceSeconds))),
    ...[...polled, ...covered.flat()].flatMap((request) => named(request, endOf(request, now, graceSeconds))),
    ...polled.flatMap((request) => named(request, [perhaps('watch', now, graceSeconds)])),
  ];
  const lost = await deps.timers.ensure(needed.filter(({ missing }) => missing === 'lost'));
  await deps.timers.ensure(needed.filter(({ missing }) => missing === 'perhaps'));
  return lost;
}

async function coveredBy(ledger: RestoredFrom, { id, execution }: ThrottleRequest): Promise<ThrottleRequest[]> {
  const stored = await ledger.run(execution).catch(ifUnreadable);
  const ids = (stored?.run?.grants ?? []).map(({ request }) => request).filter((one) => one !== id);
  const found = await Promise.all(ids.map((one) => ledger.load(one).catch(ifUnreadable)));
  return found.flatMap((one) => (one ? [one.request] : []));
}

function named({ id: request }: ThrottleRequest, all: readonly Due[]) {
  return all.map(({ kind, at, missing }) => ({ effect: { kind, request }, at, missing }));
}

function timersOf({ status, expiresAt }: ThrottleRequest, now: Date, graceSeconds: number): Due[] {
  const expiry = timer('expire', expiresAt, now, graceSeconds);
  if (status === 'pending') return [expiry];
  const apply = perhaps('apply', now, graceSeconds);
  return status === 'approved' ? [expiry, apply] : [apply];
}

function endOf(request: ThrottleRequest, now: Date, graceSeconds: number): Due[] {
  if (!hasOpenGrant(request)) return [];
  const { dueAt, sent } = request.hold;
  return [sent === null ? timer('revert', dueAt, now, graceSeconds) : perhaps('revert', now, graceSeconds)];
}

/** Once it is due, its work may be under way. */
function timer(kind: RequestWork, dueAt: string, now: Date, graceSeconds: number): Due {
  const isAhead = Date.parse(dueAt) > now.getTime();
  return isAhead ? { kind, at: new Date(dueAt), missing: 'lost' } : perhaps(kind, now, graceSeconds);
}

function perhaps(kind: RequestWork, now: Date, graceSeconds: number): Due {
  return { kind, at: new Date(now.getTime() + graceSeconds * 1000), missing: 'perhaps' };
}
