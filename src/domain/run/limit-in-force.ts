import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { hasOpenGrant, isReverting } from './timed-grant.ts';

/**
 * The version of an execution's limit after a commit: the request that set or reverted it, with the request's version.
 * Empty if the commit does not change the limit. No version is used twice, so a decision can name the one that it was
 * based on.
 */
export function limitVersionOf(prior: ThrottleRequest | null, state: ThrottleRequest | null): string {
  const isReverted = (one: ThrottleRequest | null) => one?.hold?.end?.how === 'reverted';
  const changed =
    state?.status === 'applied' && (prior?.status !== 'applied' || isReverted(prior) !== isReverted(state));
  return changed ? `${state.id}:${state.version}` : '';
}

/** The request in a limit's version. */
export function requestOf(limitVersion: string): string {
  return limitVersion.slice(0, limitVersion.lastIndexOf(':'));
}

/** One change of an execution's limit at a time, whether it applies a request or reverts a limit. */
export function changeGuard(prior: ThrottleRequest | null, state: ThrottleRequest | null): 'take' | 'keep' | 'free' {
  const underWay = (one: ThrottleRequest | null) => one !== null && (one.status === 'applying' || isReverting(one));
  if (underWay(prior) === underWay(state)) return 'keep';
  return underWay(state) ? 'take' : 'free';
}

/** The timers that a commit makes obsolete: those of a request that has ended, or those of a grant that has ended. */
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
