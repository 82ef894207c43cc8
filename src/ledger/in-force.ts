import { isReverting } from '../domain/hold.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';

/**
 * What stands in force on the execution from now on: this request's limit, or what it was set back to; empty where that is
 * as it was. Another mark each time, so that whoever looked before can tell.
 */
export function markOf(prior: ThrottleRequest | null, state: ThrottleRequest | null): string {
  const setsBack = (one: ThrottleRequest | null) => one?.hold?.end?.how === 'reverted';
  const changed = state?.status === 'applied' && (prior?.status !== 'applied' || setsBack(prior) !== setsBack(state));
  return changed ? `${state.id}:${state.version}` : '';
}

export function requestOf(mark: string): string {
  return mark.slice(0, mark.lastIndexOf(':'));
}

/** One change of an execution's limit at a time, be it a request's or a limit that is set back. */
export function changeGuard(prior: ThrottleRequest | null, state: ThrottleRequest | null): 'take' | 'keep' | 'free' {
  const underWay = (one: ThrottleRequest | null) => one !== null && (one.status === 'applying' || isReverting(one));
  if (underWay(prior) === underWay(state)) return 'keep';
  return underWay(state) ? 'take' : 'free';
}
