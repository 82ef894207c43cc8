import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { hasOpenGrant, type TimedGrant } from '../../src/domain/run/grant/timed-grant.ts';
import type { Run } from '../../src/domain/run/run.ts';
import { MIB, ROLE } from './given.ts';
import { FREE, HOUR, RunStory, runWith } from './given-run.ts';

export const SET = 50 * MIB;
export const BASE = 100 * MIB;

/** From second 2 on 50 MiB/s for an hour, on 100. */
export function limitedRun(): RunStory {
  const story = new RunStory(BASE);
  story.grant('r-0123456789', 2, { to: SET, seconds: HOUR, of: { ...FREE, role: ROLE } });
  return story;
}

export function heldOf(request: ThrottleRequest): ThrottleRequest & { hold: TimedGrant } {
  if (!hasOpenGrant(request)) throw new Error('its time is over');
  return request;
}

export const held: ThrottleRequest & { hold: TimedGrant } = heldOf(limitedRun().of('r-0123456789'));
export const heldRun: Run = runWith(limitedRun());
