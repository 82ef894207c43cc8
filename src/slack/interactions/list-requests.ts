import { hasPlace } from '../../domain/private-request.ts';
import { waitingRequests } from '../../workflow/waiting-requests.ts';
import { type Bot, type Caller, sealRequest } from '../bot.ts';
import { linksOf } from '../links.ts';
import { requestList } from '../views/request-list.ts';

/** As many as fit in a message, and as one person can use. */
const MOST_SHOWN = 15;

/** `requests`: what is open, that which this person can decide first. */
export async function listRequests(bot: Bot, caller: Caller): Promise<void> {
  const { toDecide, others } = await waitingRequests(bot, await bot.people.person(caller.user));
  const shown = [...toDecide, ...others].slice(0, MOST_SHOWN);
  await caller.say(
    requestList({
      mine: toDecide.slice(0, MOST_SHOWN),
      others: others.slice(0, Math.max(0, MOST_SHOWN - toDecide.length)),
      more: toDecide.length + others.length - shown.length,
      now: bot.clock.now(),
      seal: (id) => sealRequest(bot, id),
      links: await linksOf(
        bot,
        shown.filter(({ request }) => hasPlace(request)).map(({ request }) => request.id),
      ),
    }),
  );
}
