import { hasPlace } from '../../../domain/request/private-request.ts';
import type { ShownDeps } from '../../../workflow/people/shown-requests.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import { waitingRequests } from '../../../workflow/queries/waiting-requests.ts';
import type { Caller } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { type CardLinkDeps, linksOf } from '../../posting/card-links.ts';
import { type SealDeps, sealRequest } from '../../seals/sealed-ids.ts';
import { requestList } from '../../views/lists/request-list.ts';
import type { MessageView } from '../../views/text/text.ts';

interface Deps extends ShownDeps, CardLinkDeps, SealDeps {
  ledger: Ledger;
  clock: Clock;
  lookUps: LookUps;
}

/** As many as fit in a message, and as one person can use. */
const MAX_SHOWN = 15;

/** `requests`: what is open, that which this person can decide first. */
export async function listRequests(deps: Deps, caller: Caller): Promise<void> {
  await caller.say(await deps.lookUps.run('asked', `requests ${caller.user}`, () => look(deps, caller.user)));
}

async function look(deps: Deps, user: string): Promise<MessageView> {
  const person = await deps.people.person(user);
  const { toDecide, others, total } = await waitingRequests(deps, person, MAX_SHOWN);
  const shown = [...toDecide, ...others].slice(0, MAX_SHOWN);
  return requestList({
    mine: toDecide.slice(0, MAX_SHOWN),
    others,
    toDecide: toDecide.length,
    total,
    now: deps.clock.now(),
    seal: (id) => sealRequest(deps, id),
    links: await linksOf(
      deps,
      shown.filter(({ request }) => hasPlace(request)).map(({ request }) => request.id),
    ),
  });
}
