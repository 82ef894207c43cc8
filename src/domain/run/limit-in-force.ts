import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { hasOpenGrant, isReverting } from './timed-grant.ts';

/**
 * What a commit makes the limit in force of its execution: the request that set or reverted it, with the request's version.
 * Empty where the commit leaves it as it was. It differs each time, so a decision can name the one that it was based on.
 */
export function limitVersionOf(prior: ThrottleRequest | null, state: ThrottleRequest | null): string {
  const isReverted = (one: ThrottleRequest | null) => one?.hold?.end?.how === 'reverted';
  const changed =
    state?.status === 'applied' && (prior?.status !== 'applied' || isReverted(prior) !== isReverted(state));
  return changed ? `${state.id}:${state.version}` : '';
}

/** The request that a version of a limit in force names. */
export function requestOf(limitVersion: string): string {
  return limitVersion.slice(0, limitVersion.lastIndexOf(':'));
}

/** One change of an execution's limit at a time, whether it applies a request or reverts a limit. */
export function changeGuard(prior: ThrottleRequest | null, state: ThrottleRequest | null): 'take' | 'keep' | 'free' {
  const underWay = (one: ThrottleRequest | null) => one !== null && (one.status === 'applying' || isReverting(one));
  if (underWay(prior) === underWay(state)) return 'keep';
  return underWay(state) ? 'take' : 'free';
}

/** The timers that a commit makes pointless: those of an open request once it has ended, those of a limit once its time is over. */
export function timersOver(
  prior: ThrottleRequest | null,
  state: ThrottleRequest | null,
): readonly ('expire' | 'apply' | 'remind' | 'revert' | 'tell')[] {
  const changed = state !== null && state.version !== (prior?.version ?? 0);
  const hasEnded = changed && !isOpen(state);
  const isOver = prior !== null && hasOpenGrant(prior) && state !== null && !hasOpenGrant(state);
  return [
    ...(hasEnded ? (['expire', 'apply', 'remind'] as const) : []),
    ...(isOver ? (['revert', 'tell'] as const) : []),
  ];
}
