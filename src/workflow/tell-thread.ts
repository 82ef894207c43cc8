import { nextWordAt } from '../domain/decide-revert.ts';
import { isHeld } from '../domain/hold.ts';
import type { Applied } from './apply-throttle.ts';
import type { Clock, Ledger } from './ports.ts';

/**
 * Says in the thread what there is to say of a limit in force, each word once, and comes back when there may be more: its
 * timer is set anew by each run, so that none is lost to another one that was tried again.
 */
export async function tellThread(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  id: string,
  tell: (id: string) => Promise<{ againInSeconds: number; why: string } | null>,
): Promise<Applied> {
  const told = await tell(id);
  if (told) return { kind: 'later', seconds: told.againInSeconds, why: told.why };
  const request = (await ledger.load(id))?.request ?? null;
  const now = clock.now();
  const next = request && isHeld(request) ? nextWordAt(request.hold, now) : null;
  if (!next) return { kind: 'done' };
  return { kind: 'later', seconds: (next.getTime() - now.getTime()) / 1000, why: 'the next word is not due yet' };
}
