import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import type { Cover } from '../../../domain/run/limit-ends.ts';
import { grantOf, type Run } from '../../../domain/run/run.ts';
import { code, dateToken } from '../text/text.ts';
import type { LimitStatusWords } from './limit-status-words.ts';

/** A newer limit applies. `until`: when its own time is over; null: when the execution ends. */
export function coveredWords({ by, again }: Cover, until: string | null): LimitStatusWords {
  const end = until ? ` until ${dateToken(until)}` : '';
  const then =
    again === null
      ? `This one ends first${until ? `, ${dateToken(until)}` : ''}. It applies again only if the newer one is reverted early.`
      : `This one applies again from ${dateToken(again)}${end || ', until the execution ends'}.`;
  return {
    emoji: 'white_check_mark',
    state: 'Covered by a newer limit',
    sentence: `The limit of request ${code(by)} applies now. ${then}`,
  };
}

/** A limit without an end of its own is over only if the limit was changed outside the bot. */
export function hasEndedOutside({ id, hold }: ThrottleRequest, run: Run): boolean {
  return !hold && grantOf(run, id) === null;
}

export const ENDED_OUTSIDE: LimitStatusWords = {
  emoji: 'warning',
  state: 'Limit changed outside the bot',
  sentence: 'Someone changed the limit of this execution by console or CLI. This one has ended and won’t apply again.',
};

/** The newer limit is over, but AWS still has it. */
export function stillCoveredWords(by: string): LimitStatusWords {
  return {
    emoji: 'hourglass_flowing_sand',
    state: 'About to apply again',
    sentence: `The newer limit of request ${code(by)} is over but still set at AWS. This one applies again once it is reverted.`,
  };
}

/** Since when its limit applies again after a newer one ended; null: no newer one has. */
export function appliesAgainSince({ id, ending }: ThrottleRequest, run: Run | null): string | null {
  const at = run?.inForce?.request === id ? run.inForce.at : null;
  return at !== null && ending !== null && at > ending.at ? at : null;
}

/** The new end of a limit, if the request whose limit applies extends it; null: it does not. */
export function extendedUntil({ id }: Pick<ThrottleRequest, 'id'>, running: ThrottleRequest | null): string | null {
  return running?.extends?.request === id ? (running.hold?.dueAt ?? running.extends.dueAt) : null;
}
