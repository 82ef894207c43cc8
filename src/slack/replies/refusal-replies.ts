import type { Refusal } from '../../domain/request/refusal.ts';
import { ifUnreadable } from '../../workflow/faults.ts';
import { mayKnowPlace } from '../../workflow/people/may-know.ts';
import { namedRefusal } from '../../workflow/people/named-refusal.ts';
import type { ShownDeps } from '../../workflow/people/shown-requests.ts';
import type { Ledger } from '../../workflow/ports/ledger.ts';
import type { People } from '../../workflow/ports/people.ts';
import { type CardLinkDeps, linkOf } from '../posting/card-links.ts';
import { refusalWords } from '../wording/refusal-words.ts';
import type { Words } from '../wording/reply-words.ts';

export interface RefusalReplyDeps extends ShownDeps, CardLinkDeps {
  ledger: Ledger;
}

/** The same outcome, without people in its refusal who may not be named. */
export async function withNameablePeople<D extends { kind: string; refusal?: Refusal }>(
  { people }: { people: People },
  outcome: D,
): Promise<D> {
  return outcome.refusal ? { ...outcome, refusal: await namedRefusal(people, outcome.refusal) } : outcome;
}

/**
 * The text of a refusal, for this person, with a link to the open request if they may know its channel. `other`: the
 * digest of the policy that refused, if it is not this bot's own.
 */
export async function refusalReply(
  deps: RefusalReplyDeps,
  user: string,
  refusal: Refusal,
  other?: string,
): Promise<Words> {
  const link = refusal.why === 'already-open' ? await openLink(deps, user, refusal.request) : null;
  return refusalWords(await namedRefusal(deps.people, refusal), { link, other });
}

async function openLink(deps: RefusalReplyDeps, user: string, id: string): Promise<string | null> {
  const open = (await deps.ledger.load(id).catch(ifUnreadable))?.request;
  return open && (await mayKnowPlace(deps, user, open)) ? linkOf(deps, id) : null;
}
