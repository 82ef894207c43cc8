import type { HomeView, KnownBlock } from '@slack/types';
import type { StoredRequest } from '../../../workflow/ports/ledger.ts';
import type { HomeFacts } from '../../../workflow/queries/home.ts';
import { notViewedWords, OUTSIDER } from '../../wording/access-words.ts';
import { REVIEW_ACTION } from '../cards/card.ts';
import { requestStatusWords } from '../cards/request-status-words.ts';
import { linkSections } from '../links/link-sections.ts';
import { grantWords, runningWords } from '../lists/execution-list.ts';
import { auditLine } from '../lists/execution-status.ts';
import { placelessWords, runningHeadline } from '../lists/running-words.ts';
import { button, context, divider, section } from '../text/blocks.ts';
import { shortName } from '../text/execution-words.ts';
import { lostLog } from '../text/lost-log.ts';
import { personName } from '../text/people-words.ts';
import { clip, code, dateToken, escapeText, link, oneLine } from '../text/text.ts';

const MAX_LIMITS = 10;
const MAX_REASON_LENGTH = 120;

/** The limit for requests to decide, and for the person's own requests. */
const MAX_REQUESTS = 10;

/** The requests that fit in the tab. */
export function shownAtHome(facts: HomeFacts): StoredRequest[] {
  if (facts.kind !== 'home') return [];
  return [...facts.toDecide.slice(0, MAX_REQUESTS), ...facts.asked.slice(0, MAX_REQUESTS)];
}

export interface HomeViewFacts {
  facts: HomeFacts;
  /** Request id → address of its card. */
  links: ReadonlyMap<string, string>;
  /** The log does not match what was written before, so stored requests can't be relied on. */
  lost: boolean;
  now: Date;
  seal: (id: string) => string;
  /** Seals a link's name as the value of a button. */
  sealLink: (name: string) => string;
}

type Shown = Extract<HomeFacts, { kind: 'home' }>;

/** The home tab of one person. */
export function homeView(home: HomeViewFacts): HomeView {
  return { type: 'home', blocks: blocksOf(home) };
}

/** Shown instead while nothing can be looked up. */
export function homeAway(now: Date): HomeView {
  const words =
    ':warning: *Requests and limits can’t be looked up right now: Redis doesn’t respond.*\nTransfers go on as they are. This tab updates by itself once Redis responds.';
  return { type: 'home', blocks: [section(words), context(`As of ${dateToken(now.toISOString())}`)] };
}

function blocksOf(home: HomeViewFacts): KnownBlock[] {
  const { facts, now } = home;
  if (facts.kind === 'no-member') {
    return [section(OUTSIDER)];
  }
  if (facts.kind === 'no-viewer') {
    return [section(notViewedWords(facts.not))];
  }
  return [
    ...lostLog(home.lost),
    ...linkSections({ links: facts.links, final: true, sealLink: home.sealLink }),
    ...(home.lost ? running(withoutRequests(facts.running), now) : ofRequests(home, facts)),
    context(
      `As of ${dateToken(now.toISOString())}; kept up to date for ten minutes after you open it. To ask for a limit, use \`/datasync-throttle\` in a channel: a request is always asked, and seen, in one.`,
    ),
  ];
}

function ofRequests(home: HomeViewFacts, facts: Shown): KnownBlock[] {
  return [
    ...requests('For you to decide', 'Nothing waits for you.', facts.toDecide, home, true),
    ...requests('Asked by you, still open', 'None of yours is open.', facts.asked, home, false),
    ...timers(facts, home.now),
    ...running(facts.running, home.now),
    ...audit(facts.lines),
  ];
}

function withoutRequests(list: Shown['running']): Shown['running'] {
  return list && { ...list, rows: list.rows.map((row) => ({ ...row, open: null, held: null })) };
}

function requests(
  heading: string,
  none: string,
  stored: readonly StoredRequest[],
  { links, seal }: HomeViewFacts,
  decidable: boolean,
): KnownBlock[] {
  const left = stored.length - MAX_REQUESTS;
  return [
    section(`*${heading}*${stored.length > 0 ? ` (${stored.length})` : `\n${none}`}`),
    ...stored.slice(0, MAX_REQUESTS).map(({ request }) => {
      const url = links.get(request.id);
      const reason = request.reason ? `\nReason: ${escapeText(clip(oneLine(request.reason), MAX_REASON_LENGTH))}` : '';
      const until = `Asked by ${personName(request.requester)}, ${dateToken(request.requestedAt)}; open until ${dateToken(request.expiresAt)}`;
      return section(
        `${requestStatusWords(request).headline}\n${until}${reason}\n${code(request.id)}${url ? ` · ${link(url, 'open the card')}` : ''}`,
        decidable ? button(REVIEW_ACTION, 'Review', seal(request.id), { style: 'primary' }) : undefined,
      );
    }),
    ...(left > 0 ? [context(`And ${left} more: see \`/datasync-throttle requests\`.`)] : []),
    divider(),
  ];
}

function timers({ held, grantsInAll: inAll }: Shown, now: Date): KnownBlock[] {
  if (held.length === 0) return [];
  const left = inAll - Math.min(held.length, MAX_LIMITS);
  return [
    section(`*Limits that go back by themselves* (${inAll})`),
    ...held.slice(0, MAX_LIMITS).map(({ request, run }) => {
      const name = shortName({ taskName: request.taskName, arn: request.execution });
      return section(`${name}\n${grantWords(request, run, now)}`);
    }),
    ...(left > 0 ? [context(`And ${left} more.`)] : []),
    divider(),
  ];
}

function running(list: Shown['running'], now: Date): KnownBlock[] {
  if (list === null) return [];
  const { rows, total, failed, placeless } = list;
  const places = [...new Set(failed.map(({ region }) => escapeText(region)))].slice(0, 10);
  return [
    section(
      `*Running and queued*\n${runningHeadline(list, { final: true, none: 'Nothing that the policy names', one: 'execution' })}`,
    ),
    ...rows.map((row) => section(runningWords(row, now).join('\n'))),
    ...(total > rows.length ? [context(`The rest: \`/datasync-throttle list\`.`)] : []),
    ...(places.length > 0
      ? [context(`:warning: Not to be seen, or not all of it, just now: ${places.join(', ')}.`)]
      : []),
    ...(placeless.length > 0 ? [context(`${placelessWords(placeless)}.`)] : []),
    divider(),
  ];
}

function audit(lines: Shown['lines']): KnownBlock[] {
  if (lines.length === 0) return [];
  return [section('*On record*'), ...lines.map((line) => section(auditLine(line))), divider()];
}
