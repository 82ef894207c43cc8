import { decideCancel } from '../../domain/request/decide-cancel.ts';
import { type Decided, decideOn } from './decide-on.ts';
import { lookUpParties } from '../people/known-people.ts';
import type { Clock, Ledger, People, PolicySource } from '../ports.ts';

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
