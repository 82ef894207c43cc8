import type { PolicyInForce } from '../policy/policies-in-force.ts';
import { known, type People, type Person, samePerson } from '../policy/policy.ts';
import { type Decision, refuse } from './decide-review.ts';
import { actorOf, stateEvent } from './request-event.ts';
import { isOpen, type ThrottleRequest } from './throttle-request.ts';

/** The requester cancels the request, unless its change has begun. */
export function decideCancel(
  request: ThrottleRequest,
  by: Person,
  inForce: PolicyInForce,
  people: People = new Map(),
): Decision {
  if (by.kind !== 'member') return refuse(request, by, { why: 'not-a-member', kind: by.kind }, inForce);
  if (!samePerson(known(request.requester, people), by)) {
    return refuse(request, by, { why: 'not-the-requester', requester: request.requester.user }, inForce);
  }
  if (!isOpen(request)) return refuse(request, by, { why: 'not-open', status: request.status }, inForce);
  if (request.status === 'applying') return refuse(request, by, { why: 'under-way' }, inForce);
  return { ok: true, events: [stateEvent(request, 'cancelled', actorOf(by), inForce.digest, null)] };
}
