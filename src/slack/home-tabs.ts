import { setTimeout as sleep } from 'node:timers/promises';
import { hasPlace } from '../domain/private-request.ts';
import { concerned, type Homes, type HomeTabs, homeFacts } from '../workflow/home.ts';
import { type Bot, sealRequest } from './bot.ts';
import { linksOf } from './links.ts';
import { homeView } from './views/home.ts';

const LOOK_MS = 1000;

/** Brings home tabs up to date while somebody may look at them. */
export function startHomeTabs(bot: Omit<Bot, 'homeTabs'>, homes: Homes): HomeTabs {
  const stopping = new AbortController();
  /** However long these take, none of them is begun twice. */
  const inHand = new Set<string>();

  async function bringUpToDate(user: string): Promise<void> {
    if (!(await homes.takeTurn(user))) return;
    try {
      const facts = await bot.lookUps.run('home', `home ${user}`, () => homeFacts(bot, user));
      const shown =
        facts.kind === 'home'
          ? [...facts.toDecide, ...facts.asked]
              .filter(({ request }) => hasPlace(request))
              .map(({ request }) => request.id)
          : [];
      const links = await linksOf(bot, shown);
      const lost = bot.audit.lost() !== null;
      const view = homeView({ facts, links, lost, now: bot.clock.now(), seal: (id) => sealRequest(bot, id) });
      // The 10 s are between two publications, however long the facts take, or Slack.
      await homes.prolongTurn(user);
      await bot.clients.patient.views.publish({ user_id: user, view });
      await homes.prolongTurn(user);
    } catch (err) {
      bot.log.warn({ err, user }, 'a home tab could not be brought up to date');
      await homes.outdate([user]);
    }
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        for (const user of await homes.due()) {
          if (inHand.has(user)) continue;
          inHand.add(user);
          bot.background(bringUpToDate(user).finally(() => inHand.delete(user)));
        }
      } catch (err) {
        bot.log.debug({ err }, 'home tabs not looked after');
      }
      await sleep(LOOK_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  void look();
  return {
    async opened(user) {
      await homes.opened(user);
      await bringUpToDate(user);
    },
    async changed(request) {
      await homes.outdate(await concerned(bot, request, await homes.open()));
    },
    stop: () => stopping.abort(),
  };
}
