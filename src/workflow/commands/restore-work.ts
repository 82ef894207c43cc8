import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import { ifUnreadable } from '../faults.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { EffectKind, Timers } from '../ports/outbox.ts';

/** Work that is under way is done long before this; to do it twice does no harm. */
const GRACE_SECONDS = 120;

/** How a timer comes to be missing. `lost`: somebody deleted it. `perhaps`: the work may be under way. */
interface Due {
  kind: EffectKind;
  at: Date;
  missing: 'lost' | 'perhaps';
}

/**
 * Sets the timers anew that requests and limits need and that Redis lacks, for example because somebody deleted them. Timers
 * that are there stay as they are. Safe to repeat, also by several bots at once.
 * @returns how many were lost
 */
export async function restoreWork(deps: { ledger: Ledger; timers: Timers; clock: Clock }): Promise<number> {
  const now = deps.clock.now();
  const open = (await deps.ledger.openRequests()).map(({ request }) => request);
  const polled = (await deps.ledger.limitsInForce()).map(({ request }) => request);
  const covered = await Promise.all(polled.map((request) => coveredBy(deps.ledger, request)));
  const needed = [
    ...open.flatMap((request) => named(request, timersOf(request, now))),
    ...[...polled, ...covered.flat()].flatMap((request) => named(request, endOf(request, now))),
    ...polled.flatMap((request) => named(request, [perhaps('watch', now)])),
  ];
  const lost = await deps.timers.ensure(needed.filter(({ missing }) => missing === 'lost'));
  await deps.timers.ensure(needed.filter(({ missing }) => missing === 'perhaps'));
  return lost;
}

async function coveredBy(ledger: Ledger, { id, execution }: ThrottleRequest): Promise<ThrottleRequest[]> {
  const stored = await ledger.run(execution).catch(ifUnreadable);
  const ids = (stored?.run?.grants ?? []).map(({ request }) => request).filter((one) => one !== id);
  const found = await Promise.all(ids.map((one) => ledger.load(one).catch(ifUnreadable)));
  return found.flatMap((one) => (one ? [one.request] : []));
}

function named({ id: request }: ThrottleRequest, all: readonly Due[]) {
  return all.map(({ kind, at, missing }) => ({ effect: { kind, request }, at, missing }));
}

function timersOf({ status, expiresAt }: ThrottleRequest, now: Date): Due[] {
  const expiry = timer('expire', expiresAt, now);
  if (status === 'pending') return [expiry];
  return status === 'approved' ? [expiry, perhaps('apply', now)] : [perhaps('apply', now)];
}

function endOf(request: ThrottleRequest, now: Date): Due[] {
  if (!hasOpenGrant(request)) return [];
  const { dueAt, sent } = request.hold;
  return [sent === null ? timer('revert', dueAt, now) : perhaps('revert', now)];
}

/** Once it is due, its work may be under way. */
function timer(kind: EffectKind, dueAt: string, now: Date): Due {
  return Date.parse(dueAt) > now.getTime() ? { kind, at: new Date(dueAt), missing: 'lost' } : perhaps(kind, now);
}

function perhaps(kind: EffectKind, now: Date): Due {
  return { kind, at: new Date(now.getTime() + GRACE_SECONDS * 1000), missing: 'perhaps' };
}
