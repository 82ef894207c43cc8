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

/** Shown in place of the requester where the request is from a private channel that the reader may not see. */
const SOMEBODY: Actor = { team: '', user: '', name: 'someone in a private channel' };

/** Whether a person may know all of a request that was made in a private channel. `rule`: the one in force for it. */
export function maySeeAll(
  request: ThrottleRequest,
  person: Person,
  facts: { policy: Policy; rule: Rule | null; groups: Groups; people: People },
): boolean {
  const { policy, rule, groups, people } = facts;
  const requester = known(request.requester, people);
  const took = [request.requester, ...request.approvals.map(({ by }) => by)];
  return (
    took.some((one) => samePerson(known(one, people), person)) ||
    mayRead(policy, person, groups).allowed ||
    (rule !== null && mayDecide(rule, person, requester, groups).allowed)
  );
}

/**
 * What others see of it: what happens to the execution, but not who requested it, why or where, nor any comment. Its
 * message is in that channel too, so there is no link to it either (`hasPlace`).
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
