import type { KnownBlock, SectionBlock } from '@slack/types';
import { dueWords } from '../../../domain/link/link-words.ts';
import { isApplied, NOT_APPLIED } from '../../../domain/policy/links/links-not-applied.ts';
import { formatRate, UNLIMITED } from '../../../domain/rate/rate.ts';
import { count } from '../../../domain/text/count.ts';
import type { LinkRow, ListedLinks } from '../../../workflow/queries/links/list-links.ts';
import { button, context, divider, section } from '../text/blocks.ts';
import { bar } from '../text/execution-words.ts';
import { clip, code, escapeText, listed } from '../text/text.ts';
import { nextWords } from './next-words.ts';

export const LINK_STATUS_ACTION = 'link-status';

export interface LinkSectionsFacts {
  links: ListedLinks;
  /** This list will not be updated again. */
  final: boolean;
  /** Seals a link's name as the value of a button. */
  sealLink: (name: string) => string;
}

/** For the names of the links that are not shown. */
const MAX_NAMES = 1500;
const MAX_REGIONS = 5;

/** The links on top of other lists: at most four blocks more than there are rows. None where the policy has no links. */
export function linkSections(facts: LinkSectionsFacts): KnownBlock[] {
  const { rows, others } = facts.links;
  if (rows.length === 0) return [];
  return [
    section(`*Links*${others.length === 0 ? '' : ` (${rows.length} of ${rows.length + others.length})`}`),
    ...rows.map((row) => rowSection(row, facts)),
    ...othersNote(others),
    ...notAppliedNote(facts.links),
    divider(),
  ];
}

function notAppliedNote({ rows }: ListedLinks): KnownBlock[] {
  if (rows.every(({ link }) => isApplied(link))) return [];
  return [context(`A link that divides its capacity among its executions is ${NOT_APPLIED}.`)];
}

/** Each link with its capacity, for the text of a message; null where the policy has none. */
export function linksText({ rows, others }: ListedLinks): string | null {
  if (rows.length === 0) return null;
  const named = rows.map(({ link, outlook }) => `${link.name} ${formatRate(outlook.due.capacity)}`);
  return `Capacity of links: ${named.join(', ')}${others.length === 0 ? '' : ` and ${others.length} more`}.`;
}

function rowSection(row: LinkRow, { final, sealLink }: LinkSectionsFacts): SectionBlock {
  const { link, outlook } = row;
  const about = link.about === null ? '' : ` · ${escapeText(link.about)}`;
  const lines = [
    `*${link.name}*${about}`,
    `${link.share === 'each' ? 'Capacity for each execution' : 'Capacity'} ${dueWords(outlook.due, link)}`,
    ...(link.timetable.length === 0 ? [] : [`Next change: ${nextWords(outlook, link)}`]),
    ...usageLines(row, final),
  ];
  return section(lines.join('\n'), button(LINK_STATUS_ACTION, 'Status', sealLink(link.name)));
}

/** The executions and what they send together. Only a sum of all of them is set against the capacity. */
function usageLines(row: LinkRow, final: boolean): string[] {
  const { link, outlook, executions, unmeasured, sum, unread } = row;
  const lacks = lackWords(row, final);
  const incomplete = lacks.length === 0 ? [] : [`Incomplete: ${lacks.join('; ')}.`];
  if (executions === 0) {
    return lacks.length === 0 ? ['No running or queued executions'] : ['Running executions unknown', ...incomplete];
  }
  const isCounted = unread.length === 0 && link.locations.length === 0;
  const counted = count(executions, 'running or queued execution');
  if (unmeasured > 0 || !isCounted) {
    return [`${isCounted ? counted : `At least ${counted}`} · ${partWords(row)}`, ...incomplete];
  }
  const measured = sum < 1 ? 'nothing moves' : `${formatRate(Math.round(sum))} on the wire`;
  const { capacity } = outlook.due;
  const isDivided = link.share === 'together' && capacity !== UNLIMITED;
  if (!isDivided) return [`Measured: ${measured} · ${counted}`];
  return [`${bar(sum / capacity)} of the capacity · measured: ${measured} · ${counted}`];
}

function partWords({ sum, executions, unmeasured }: LinkRow): string {
  if (unmeasured === executions) return 'not measured yet';
  return sum < 1 ? 'their sum is unknown' : `measured: at least ${formatRate(Math.round(sum))} on the wire`;
}

/** What is missing from the count or from the sum. */
function lackWords({ link, executions, unmeasured, unread }: LinkRow, final: boolean): string[] {
  const asking = unread.filter(({ pending }) => pending && !final).map(({ region }) => region);
  const away = unread.filter(({ pending }) => !pending || final).map(({ region }) => region);
  return [
    ...(unmeasured === 0 || unmeasured === executions
      ? []
      : [`${unmeasured} of ${count(executions, 'execution')} not measured yet`]),
    ...(asking.length === 0 ? [] : [`AWS hasn’t responded yet for ${regionWords(asking)}`]),
    ...(away.length === 0 ? [] : [`executions in ${regionWords(away)} couldn’t be read`]),
    ...(link.locations.length === 0 ? [] : ['executions of tasks found by location are not counted']),
  ];
}

function regionWords(regions: readonly string[]): string {
  const left = regions.length - MAX_REGIONS;
  return listed([...regions.slice(0, MAX_REGIONS).map(escapeText), ...(left > 0 ? [`${left} more`] : [])]);
}

function othersNote(others: readonly string[]): KnownBlock[] {
  if (others.length === 0) return [];
  const names = clip(others.join(', '), MAX_NAMES);
  const which = count(others.length, 'more link');
  return [context(`And ${which}: ${names}. To see one: ${code('/datasync-throttle status <link>')}.`)];
}
