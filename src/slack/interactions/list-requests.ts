import { hasPlace } from '../../domain/private-request.ts';
import { waitingRequests } from '../../workflow/waiting-requests.ts';
import { type Bot, type Caller, sealRequest } from '../bot.ts';
import { linksOf } from '../links.ts';
import { requestList } from '../views/request-list.ts';
import type { MessageView } from '../views/text.ts';

/** As many as fit in a message, and as one person can use. */
const MOST_SHOWN = 15;

/** `requests`: what is open, that which this person can decide first. */
export async function listRequests(bot: Bot, caller: Caller): Promise<void> {
  await caller.say(await bot.lookUps.run('asked', `requests ${caller.user}`, () => look(bot, caller.user)));
}

async function look(bot: Bot, user: string): Promise<MessageView> {
  const person = await bot.people.person(user);
  const { toDecide, others, total } = await waitingRequests(bot, person, MOST_SHOWN);
  const shown = [...toDecide, ...others].slice(0, MOST_SHOWN);
  return requestList({
    mine: toDecide.slice(0, MOST_SHOWN),
    others,
    toDecide: toDecide.length,
    total,
    now: bot.clock.now(),
    seal: (id) => sealRequest(bot, id),
    links: await linksOf(
      bot,
      shown.filter(({ request }) => hasPlace(request)).map(({ request }) => request.id),
    ),
  });
}
