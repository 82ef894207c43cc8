import { isHeld, isReverting } from './hold.ts';
import { isOpen, type ThrottleRequest } from './throttle-request.ts';

/**
 * What is in force on the execution from now on: this request's limit, or what it was reverted to. Empty where that is as it
 * was. Each time it is another text, so that whoever looked before can tell.
 */
export function markOf(prior: ThrottleRequest | null, state: ThrottleRequest | null): string {
  const isReverted = (one: ThrottleRequest | null) => one?.hold?.end?.how === 'reverted';
  const changed =
    state?.status === 'applied' && (prior?.status !== 'applied' || isReverted(prior) !== isReverted(state));
  return changed ? `${state.id}:${state.version}` : '';
}

/** The request that a mark names. */
export function requestOf(mark: string): string {
  return mark.slice(0, mark.lastIndexOf(':'));
}

/** One change of an execution's limit at a time, be it a request's or a revert. */
export function changeGuard(prior: ThrottleRequest | null, state: ThrottleRequest | null): 'take' | 'keep' | 'free' {
  const underWay = (one: ThrottleRequest | null) => one !== null && (one.status === 'applying' || isReverting(one));
  if (underWay(prior) === underWay(state)) return 'keep';
  return underWay(state) ? 'take' : 'free';
}

/** The timers that are no longer due: those of an open request once it has ended, those of a limit once its time is over. */
export function timersOver(
  prior: ThrottleRequest | null,
  state: ThrottleRequest | null,
): readonly ('expire' | 'apply' | 'remind' | 'revert' | 'tell')[] {
  const changed = state !== null && state.version !== (prior?.version ?? 0);
  const hasEnded = changed && !isOpen(state);
  const isOver = prior !== null && isHeld(prior) && state !== null && !isHeld(state);
  return [
    ...(hasEnded ? (['expire', 'apply', 'remind'] as const) : []),
    ...(isOver ? (['revert', 'tell'] as const) : []),
  ];
}
