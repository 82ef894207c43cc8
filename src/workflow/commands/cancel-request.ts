import { decideCancel } from '../../domain/request/decide-cancel.ts';
import { lookUpParties } from '../people/known-people.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { type Decided, decideOn } from './decide-on.ts';

/**
 * The requester cancels a request.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function cancelRequest(
  deps: { ledger: Ledger; people: People; policy: PolicySource; clock: Clock },
  cancel: { request: string; user: string; op: string },
): Promise<Decided> {
  const by = await deps.people.person(cancel.user);
  return decideOn(deps, { ...cancel, what: 'cancel' }, async (request) => {
    const parties = await lookUpParties(deps.people, by, [request]);
    return decideCancel(request, by, deps.policy.current(), parties);
  });
}
