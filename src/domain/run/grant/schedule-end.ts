import type { EventOf } from '../../audit/audit-event.ts';
import type { ThrottleRequest } from '../../request/throttle-request.ts';
import { revertEvent } from '../change/change-events.ts';
import { desiredLimit, rateOf, withGrant } from '../desired-limit.ts';
import { mayShow } from '../evolve-run.ts';
import { grantOf, memberOf, type Run, untouchedRun } from '../run.ts';

interface ScheduleFacts {
  policy: string;
  now: Date;
  run: Run | null;
  from: number;
  role?: string | null;
}

/**
 * The end of a limit that is applied now; recorded together with it. Null if it lasts until the execution ends. `base`: the
 * limit that applies after it, as far as that is known today. `run`: before it is applied. `role`: of the rule, for a limit that
 * nothing was sent for.
 */
export function scheduledEvent(
  applied: ThrottleRequest,
  { policy, now, run, from, role: ruleRole = null }: ScheduleFacts,
): EventOf<'revert.scheduled'> | null {
  const until = endOfRequest(applied, now);
  if (until === null) return null;
  const unsent = applied.extends ? roleOfExtended(applied.extends, run) : ruleRole;
  const role = applied.apply ? applied.apply.role : unsent;
  const base = limitAfter(run, { request: applied.id, until, from });
  const since = applied.extends ? sinceOf(applied.extends) : now.toISOString();
  const detail = { base, since, dueAt: until.toISOString(), role };
  const about = { from: applied.to, to: base, policy, memberOf: memberOf(run) };
  return revertEvent(applied, 'revert.scheduled', about, detail);
}

/**
 * When the limit of a request was last sent; null: never. The request itself only says when that was last on record, which is
 * later where AWS did not answer.
 */
export function sentFor({ to, apply }: Pick<ThrottleRequest, 'to' | 'apply'>, run: Run | null): Date | null {
  if (!apply) return null;
  const sent = run?.unconfirmed.findLast(({ rate, sentAt }) => rate === to && sentAt >= apply.startedAt);
  return new Date(sent?.sentAt ?? apply.sentAt);
}

/** When a requested limit ends if it is set now; null: with the execution. */
export function endOfRequest(
  { extends: more, until, durationSeconds }: Pick<ThrottleRequest, 'extends' | 'until' | 'durationSeconds'>,
  now: Date,
): Date | null {
  const end = more?.dueAt ?? until;
  if (end) return new Date(end);
  return durationSeconds === null ? null : new Date(now.getTime() + durationSeconds * 1000);
}

/** The limit that will apply when a grant ends, as far as is known today. `from`: the limit before it. */
function limitAfter(run: Run | null, { request, until, from }: { request: string; until: Date; from: number }): number {
  // Set outside the bot, it is the limit to return to.
  const known = run && mayShow(run, from) ? run : { ...untouchedRun(''), link: run?.link };
  const before = { ...known, baseline: known.baseline ?? from };
  const over = withGrant(before, { request, rate: from, until: until.toISOString(), role: null });
  return rateOf(desiredLimit(over, { now: until })) ?? from;
}

/** When the limit that is extended was first set; its total time counts from there. */
function sinceOf({ dueAt, totalSeconds }: NonNullable<ThrottleRequest['extends']>): string {
  return new Date(Date.parse(dueAt) - totalSeconds * 1000).toISOString();
}

function roleOfExtended({ request }: NonNullable<ThrottleRequest['extends']>, run: Run | null): string | null {
  return (run && grantOf(run, request)?.role) ?? null;
}
