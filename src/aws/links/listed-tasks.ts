import { LRUCache } from 'lru-cache';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { MemberQuery } from '../../workflow/ports/links/link-tasks.ts';
import type { TimeLimits } from '../time-limits.ts';
import { type CallAws, taskPages } from './task-pages.ts';

interface Listed {
  /** The status of those that are listed; null where AWS gave none. */
  statuses: ReadonlyMap<string, string | null>;
  /** Tasks that have to be described, since it takes fewer calls than listing them, or fewer than going on with that. */
  toDescribe: readonly string[];
  /** Tasks that are on no page. */
  missing: readonly string[];
}

export interface ListedTasks {
  /** Lists the tasks where that takes fewer calls than to describe each of them. @throws AwsFault */
  statuses(wanted: ReadonlySet<string>, query: MemberQuery, call: CallAws): Promise<Listed>;
}

/** More than there are links in a policy, by Region and role. */
export const MAX_QUERIES = 200;
/** After this time it is found out anew whether fewer pages are enough, which may take as many calls as there are tasks. */
const PAGES_KEPT_MS = 21_600_000;

export function createListedTasks(clock: Clock, limits: Pick<TimeLimits, 'linkList'>): ListedTasks {
  const now = () => clock.now().getTime();
  /** How many pages have to be read until all tasks of a query are found, at least. */
  const pagesNeeded = new LRUCache<string, number>({
    max: MAX_QUERIES,
    ttl: PAGES_KEPT_MS,
    perf: { now },
    ttlResolution: 0,
  });

  return {
    async statuses(wanted, { region, role, tasks }, call) {
      const key = [region, role ?? '', ...tasks].join(' ');
      // A task that is described needs no other call to find what runs of it, so at the same number describing is better.
      const listable = (pages: number) => pages < wanted.size;
      const found = new Map<string, string | null>();
      const rest = () => [...wanted].filter((task) => !found.has(task));
      if (!listable(pagesNeeded.get(key) ?? 1)) return { statuses: found, toDescribe: rest(), missing: [] };
      const from = now();
      let read = 0;
      for await (const { statuses, last } of taskPages(call)) {
        read += 1;
        for (const [task, status] of statuses) if (wanted.has(task)) found.set(task, status);
        const complete = last || found.size === wanted.size;
        pagesNeeded.set(key, complete ? read : read + 1);
        if (complete) return { statuses: found, toDescribe: [], missing: rest() };
        if (!listable(read + 1)) break;
        if (now() - from >= limits.linkList) {
          // It would take as long the next time.
          pagesNeeded.set(key, Number.POSITIVE_INFINITY);
          break;
        }
      }
      return { statuses: found, toDescribe: rest(), missing: [] };
    },
  };
}
