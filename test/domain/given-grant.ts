import { stateEvent } from '../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { startedEvent } from '../../src/domain/run/change/decide-apply.ts';
import { scheduledEvent } from '../../src/domain/run/decide-revert.ts';
import { hasOpenGrant, type TimedGrant } from '../../src/domain/run/grant/timed-grant.ts';
import { at, folded, MIB, ROLE, requested, rule } from './given.ts';

export const FREE = rule({ approvals: { lower: 0, raise: 0, unlimited: 0 } });
export const SET = 50 * MIB;
export const BASE = 100 * MIB;
export const HOUR = 3600;

export function inForce(changes: Parameters<typeof requested>[0] = {}, running: ThrottleRequest | null = null) {
  const approved = requested({ of: FREE, ...changes, ask: { durationSeconds: HOUR, ...changes.ask } });
  const applying = folded(approved, at(1), startedEvent(approved, 'd', ROLE, 1));
  const applied = folded(
    applying,
    at(2),
    stateEvent(applying, 'applied', null, 'd', { rate: SET, status: 'TRANSFERRING' }),
  );
  const scheduled = scheduledEvent(applied, { policy: 'd', now: at(2), running });
  return scheduled ? folded(applied, at(2), scheduled) : applied;
}

export function heldOf(request: ThrottleRequest): ThrottleRequest & { hold: TimedGrant } {
  if (!hasOpenGrant(request)) throw new Error('its time is over');
  return request;
}

export const held = heldOf(inForce());
