import { nextNoticeAt } from '../../domain/run/grant/grant-notices.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';

/**
 * Posts in the thread what is due to be said about a limit in force, each notice once. Each run sets the timer for the
 * next notice anew, so that a retry of one can't replace the timer of another.
 */
export async function postNotices(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  id: string,
  post: (id: string) => Promise<{ againInSeconds: number; why: string } | null>,
): Promise<WorkOutcome> {
  const again = await post(id);
  if (again) return later(again.againInSeconds, again.why);
  const request = (await ledger.load(id))?.request ?? null;
  const now = clock.now();
  const next = request && hasOpenGrant(request) ? nextNoticeAt(request.hold, now) : null;
  if (!next) return DONE;
  return later((next.getTime() - now.getTime()) / 1000, 'the next word is not due yet');
}
