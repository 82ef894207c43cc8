import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { hasPlace } from '../domain/private-request.ts';
import { NotRecorded } from '../workflow/faults.ts';
import { concerned, type Homes, type HomeTabs, homeFacts } from '../workflow/home.ts';
import { type Bot, sealRequest } from './bot.ts';
import { linksOf } from './links.ts';
import { homeAway, homeView, shownAtHome } from './views/home.ts';

const LOOK_MS = 1000;
/** Whose tab is brought up to date once Redis answers again; who looks at it for longer opens it anew. */
const MOST_MISSED = 500;
const MISSED_MS = 10 * 60_000;

/** Brings home tabs up to date while somebody may look at them. */
export function startHomeTabs(bot: Omit<Bot, 'homeTabs'>, homes: Homes): HomeTabs {
  const stopping = new AbortController();
  /** Who has opened it while Redis was away, and when. */
  const missed = new LRUCache<string, number>({ max: MOST_MISSED });

  /** Says what is away, and keeps in mind whose tab has to follow: Redis can't. */
  async function sayAway(user: string): Promise<void> {
    missed.set(user, bot.clock.now().getTime());
    await bot.clients.background.views.publish({ user_id: user, view: homeAway(bot.clock.now()) });
  }

  /** @throws NotRecorded while Redis is away still */
  async function makeUpFor(): Promise<void> {
    const since = bot.clock.now().getTime() - MISSED_MS;
    for (const user of [...missed.rkeys()]) {
      if ((missed.get(user) ?? 0) >= since) await homes.opened(user);
      missed.delete(user);
    }
  }
  /** However long these take, none of them is begun twice. */
  const inHand = new Set<string>();

  async function bringUpToDate(user: string): Promise<void> {
    const turn = await homes.takeTurn(user);
    if (!turn) return;
    try {
      const facts = await bot.lookUps.run('home', `home ${user}`, () => homeFacts(bot, user));
      const shown = shownAtHome(facts).filter(({ request }) => hasPlace(request));
      const links = await linksOf(
        bot,
        shown.map(({ request }) => request.id),
      );
      const lost = bot.audit.lost() !== null;
      const view = homeView({ facts, links, lost, now: bot.clock.now(), seal: (id) => sealRequest(bot, id) });
      // What another bot shows by now is newer.
      if (!(await turn.isHeld())) return;
      await bot.clients.background.views.publish({ user_id: user, view });
    } catch (err) {
      bot.log.warn({ err, user }, 'a home tab could not be brought up to date');
      await homes.outdate([user]);
    } finally {
      // The 10 s are between two publications, however long the facts take, or Slack.
      await turn.over();
    }
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await makeUpFor();
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
      try {
        await homes.opened(user);
        await bringUpToDate(user);
      } catch (err) {
        if (!(err instanceof NotRecorded)) throw err;
        bot.log.warn({ err, user }, 'a home tab was opened while Redis was away');
        await sayAway(user);
      }
    },
    async changed(request) {
      await homes.outdate(await concerned(bot, request, await homes.open()));
    },
    stop: () => stopping.abort(),
  };
}
