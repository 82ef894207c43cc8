import { LRUCache } from 'lru-cache';
import { hasPlace } from '../domain/request/private-request.ts';
import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';
import { NotRecorded } from '../workflow/faults.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import { concerned, type HomeTabs, homeFacts, type OpenHomeTabs } from '../workflow/queries/home.ts';
import type { RunningDeps } from '../workflow/queries/list-running.ts';
import type { SlackClients } from './connection/clients.ts';
import type { Background } from './context/background.ts';
import type { LogState } from './context/log-state.ts';
import type { LookUps } from './context/look-ups.ts';
import { type CardLinkDeps, linksOf } from './posting/card-links.ts';
import { type SealDeps, sealLink, sealRequest } from './seals/sealed-ids.ts';
import { homeAway, homeView, shownAtHome } from './views/home/home.ts';

interface HomeTabsDeps extends RunningDeps, CardLinkDeps, SealDeps, Background {
  clients: SlackClients;
  clock: Clock;
  audit: LogState;
  lookUps: LookUps;
}

const POLL_MS = 1000;
/** How many tabs are remembered while Redis is away, and for how long: whoever keeps looking opens the tab again. */
const MAX_MISSED = 500;
const MISSED_MS = 10 * 60_000;

/** Keeps Home tabs up to date while somebody may look at them. */
export function startHomeTabs(deps: HomeTabsDeps, homes: OpenHomeTabs): HomeTabs {
  const { clients, clock, log } = deps;
  const stopping = new AbortController();
  /** Who opened the tab while Redis was away, and when. */
  const missed = new LRUCache<string, number>({ max: MAX_MISSED });
  /** Whose tabs are being updated: an update may take longer than `POLL_MS`. */
  const inHand = new Set<string>();

  /** Shows that Redis is away, and remembers here whose tab has to be updated later. */
  async function showAway(user: string): Promise<void> {
    missed.set(user, clock.now().getTime());
    await clients.background.views.publish({ user_id: user, view: homeAway(clock.now()) });
  }

  /** Records the tabs that were opened while Redis was away. @throws NotRecorded while it still is */
  async function recordMissed(): Promise<void> {
    const since = clock.now().getTime() - MISSED_MS;
    for (const user of [...missed.rkeys()]) {
      if ((missed.get(user) ?? 0) >= since) await homes.opened(user);
      missed.delete(user);
    }
  }

  async function bringUpToDate(user: string): Promise<void> {
    const slot = await homes.takePublishSlot(user);
    if (!slot) return;
    try {
      const facts = await deps.lookUps.run('home', `home ${user}`, () => homeFacts(deps, user));
      const lost = deps.audit.lost() !== null;
      const shown = lost ? [] : shownAtHome(facts).filter(({ request }) => hasPlace(request));
      const links = await linksOf(
        deps,
        shown.map(({ request }) => request.id),
      );
      const view = homeView({
        ...{ facts, links, lost, now: clock.now() },
        seal: (id) => sealRequest(deps, id),
        sealLink: (name) => sealLink(deps, name),
      });
      // Another bot may have published a newer one by now.
      if (!(await slot.isHeld())) return;
      await clients.background.views.publish({ user_id: user, view });
    } catch (err) {
      log.warn({ err, user }, 'a home tab could not be brought up to date');
      await homes.markOutdated([user]);
    } finally {
      // The 10 s between two publications begin now, however long this one took.
      await slot.release();
    }
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await recordMissed();
        for (const user of await homes.due()) {
          if (inHand.has(user)) continue;
          inHand.add(user);
          deps.background(bringUpToDate(user).finally(() => inHand.delete(user)));
        }
      } catch (err) {
        log.debug({ err }, 'home tabs not looked after');
      }
      await sleepUntilAborted(POLL_MS, stopping.signal, { ref: false });
    }
  }

  void poll();
  return {
    async opened(user) {
      try {
        await homes.opened(user);
        await bringUpToDate(user);
      } catch (err) {
        if (!(err instanceof NotRecorded)) throw err;
        log.warn({ err, user }, 'a home tab was opened while Redis was away');
        await showAway(user);
      }
    },
    async changed(request) {
      await homes.markOutdated(await concerned(deps, request, await homes.open()));
    },
    stop: () => stopping.abort(),
  };
}
