import type { Actor } from '../audit/actor.ts';
import {
  type Groups,
  known,
  mayDecide,
  mayRead,
  type People,
  type Person,
  type Policy,
  type Rule,
  samePerson,
} from '../policy/policy.ts';
import type { ThrottleRequest } from './throttle-request.ts';

/** Shown instead of the requester if the request was made in a private channel that the reader can't see into. */
const SOMEBODY: Actor = { team: '', user: '', name: 'someone in a private channel' };

/** Whether a person may see all details of a request from a private channel. `rule`: the one that applies to it. */
export function maySeeAll(
  request: ThrottleRequest,
  person: Person,
  facts: { policy: Policy; rule: Rule | null; groups: Groups; people: People },
): boolean {
  const { policy, rule, groups, people } = facts;
  const requester = known(request.requester, people);
  return (
    tookPart(request, person, people) ||
    mayRead(policy, person, groups).allowed ||
    (rule !== null && mayDecide(rule, person, requester, groups).allowed)
  );
}

/** Whether a person requested it, or approved it. */
export function tookPart({ requester, approvals }: ThrottleRequest, person: Person, people: People): boolean {
  return [requester, ...approvals.map(({ by }) => by)].some((one) => samePerson(known(one, people), person));
}

/**
 * The part of a request that others may see: what happens to the execution, but not who requested it, why or where, and
 * no comments. There is no link to its message either, because that is in the private channel (`hasPlace`).
 */
export function withoutPrivate<R extends ThrottleRequest>(request: R): R {
  const { requester, approvals, ending, hold } = request;
  const named = (by: Actor | null) => (by !== null && by.user === requester.user ? SOMEBODY : by);
  return {
    ...request,
    requester: SOMEBODY,
    reason: null,
    channel: '',
    approvals: approvals.map((approval) => ({ ...approval, comment: null })),
    ending: ending && { ...ending, by: named(ending.by), comment: null },
    hold: hold && { ...hold, by: named(hold.by) },
  };
}

/** Whether the reader may know where it was requested. */
export function hasPlace({ channel }: Pick<ThrottleRequest, 'channel'>): boolean {
  return channel !== '';
}
