import { isAmong } from '../../domain/policy/policy.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Run } from '../../domain/run/run.ts';
import { ifUnreadable } from '../faults.ts';
import { mayViewAll, type NotViewed } from '../people/may-view.ts';
import { shownTo } from '../people/shown-requests.ts';
import type { AuditLine, UnreadLine } from '../ports/audit/audit-line.ts';
import type { Ledger, StoredRequest } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { type ListedLinks, type ListLinksDeps, listLinks } from './links/list-links.ts';
import { type GrantedRequest, grantedRequests, listRunning, type Running, type RunningDeps } from './list-running.ts';
import { visibleAudit } from './visible-audit.ts';
import { waitingRequests } from './waiting-requests.ts';

/** Who has the Home tab open, over all bots. */
export interface OpenHomeTabs {
  opened(user: string): Promise<void>;
  /** Who opened it lately. */
  open(): Promise<string[]>;
  /** What their tab shows is out of date. */
  markOutdated(users: readonly string[]): Promise<void>;
  /** Whose tab is out of date, or was not published for a while. */
  due(): Promise<string[]>;
  /** The right to publish a tab: for one bot at a time, at most every 10 s. Null: another bot has it, or it is too early. */
  takePublishSlot(user: string): Promise<PublishSlot | null>;
}

/** Held until it is released, however long the facts take. */
export interface PublishSlot {
  /**
   * Whether it is still held. Ask before anything is published.
   * @throws NotRecorded where Redis can't say
   */
  isHeld(): Promise<boolean>;
  /** Nobody gets a slot for this tab within the next 10 s. */
  release(): Promise<void>;
}

/** Keeps home tabs up to date while somebody may look at them. */
export interface HomeTabs {
  opened(user: string): Promise<void>;
  /** A request has changed. */
  changed(request: string): Promise<void>;
  stop(): void;
}

export type HomeFacts =
  | { kind: 'no-member' }
  | { kind: 'no-viewer'; not: NotViewed }
  | {
      kind: 'home';
      /** Open requests that this person can decide. */
      toDecide: StoredRequest[];
      /** Open requests of this person's own. */
      asked: StoredRequest[];
      /** The first limits that revert at a time, the next one first. */
      held: { request: GrantedRequest; run: Run | null }[];
      /** How many of them there are in all. */
      grantsInAll: number;
      links: ListedLinks;
      /** Null: AWS has not answered. */
      running: Running | null;
      /** The newest that this person may see. */
      lines: (AuditLine | UnreadLine)[];
    };

const LINKS_SHOWN = 5;
/** Of how many executions of links the speed is read, for each update of a tab. */
const LINK_LOOKS = 20;
const RUNNING_SHOWN = 10;
const LINES_SHOWN = 10;
const HELD_SHOWN = 10;
/** The person looks at an empty tab until the list is there. */
const RUNNING_MS = 2000;

/**
 * What one person's home tab shows.
 * @throws PersonUnknown, NotRecorded
 */
export async function homeFacts({ people, ...rest }: RunningDeps & ListLinksDeps, user: string): Promise<HomeFacts> {
  // The tab is refreshed again and again without anybody asking, so groups may be a minute old.
  const deps = { ...rest, people: { ...people, groups: people.groupsLately } };
  const may = await mayViewAll(deps, user);
  const { person } = may;
  if (person.kind !== 'member') return { kind: 'no-member' };
  if (may.kind !== 'may') return { kind: 'no-viewer', not: may };
  const running = { user, channel: null, from: 0, size: RUNNING_SHOWN, withinMs: RUNNING_MS };
  const [waiting, listed, links, held, lines] = await Promise.all([
    waitingRequests(deps, person, 0),
    listRunning(deps, running),
    listLinks(deps, { size: LINKS_SHOWN, looks: LINK_LOOKS, withinMs: RUNNING_MS }),
    grantedRequests(deps.ledger),
    visibleAudit(deps, { user, by: { kind: 'all' }, limit: LINES_SHOWN }),
  ]);
  const { toDecide, asked } = waiting;
  const next = held.slice(0, HELD_SHOWN);
  const shown = await shownTo(deps, person, next);
  const runs = await Promise.all(next.map((one) => deps.ledger.run(one.execution).catch(ifUnreadable)));
  const ends = next.map((one, nth) => ({ request: shown(one), run: runs[nth]?.run ?? null }));
  const seen = { toDecide, asked, held: ends, grantsInAll: held.length, lines };
  return { kind: 'home', ...seen, links, running: listed.kind === 'list' ? listed.running : null };
}

/** Those of `users` whom a request concerns: who requested it, who approved it, and who could approve it. */
export async function concerned(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  id: string,
  users: readonly string[],
): Promise<string[]> {
  const request = users.length === 0 ? null : ((await deps.ledger.load(id))?.request ?? null);
  if (!request) return [];
  const others = users.filter((user) => !tookPart(request, user));
  const rule = others.length === 0 ? null : ruleNow(request, deps.policy.current());
  const named = (user: string) => rule?.approvers.users.includes(user) ?? false;
  const groups = await deps.people.groupsLately(others.every(named) ? [] : (rule?.approvers.groups ?? []));
  const could = (user: string) => rule !== null && isAmong(rule.approvers, { user }, groups) !== 'no';
  return users.filter((user) => tookPart(request, user) || could(user));
}

function tookPart({ requester, approvals }: ThrottleRequest, user: string): boolean {
  return requester.user === user || approvals.some(({ by }) => by.user === user);
}
