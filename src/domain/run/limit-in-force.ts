import { isOpen, type ThrottleRequest } from '../request/throttle-request.ts';
import { hasOpenGrant } from './grant/timed-grant.ts';
import type { ChangeInFlight, Run } from './run.ts';

/**
 * The version of an execution's limit after a commit: the request that it belongs to, or that last changed it, with the version
 * of the run. Empty if the commit does not change the limit. No version is used twice.
 */
export function limitVersionOf(before: Run | null, after: Run | null, changedBy: string | null): string {
  if (!after?.inForce || after.inForce === before?.inForce) return '';
  const request = after.inForce.request ?? changedBy;
  return request === null ? '' : `${request}:r${after.version}`;
}

/** The request in a limit's version. */
export function requestOf(limitVersion: string): string {
  return limitVersion.slice(0, limitVersion.lastIndexOf(':'));
}

/**
 * The request that a change in flight is kept under, so that bots of older versions begin no other one. Null: none is in
 * flight.
 */
export function changingRequest(run: Run | null): string | null {
  const change: ChangeInFlight | null = run?.change ?? null;
  return change && (change.request ?? run?.inForce?.request ?? null);
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
