import type { KnownBlock } from '@slack/types';
import type { Link } from '../../../domain/link/link.ts';
import { dueWords, memberWords, sharingWords } from '../../../domain/link/link-words.ts';
import { weekWords } from '../../../domain/link/window-words.ts';
import { isApplied, NOT_APPLIED } from '../../../domain/policy/links/links-not-applied.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { LinkOutlook } from '../../../workflow/queries/links/link-outlook.ts';
import { context, factSection, section } from '../text/blocks.ts';
import { clip, code, dateToken, escapeText, type MessageView } from '../text/text.ts';
import { nextWords } from './next-words.ts';

const APPLIED =
  'Running executions get this limit within a minute of their start, unless their own limit is lower. A limit that was requested for one counts up to this one while a window is in effect.';
const NOTE = `This link is ${NOT_APPLIED}.`;
/** A link may have many weights. */
const MAX_SHARING = 600;
/** Slack shows no more of one section than 3000 characters. */
const MAX_WEEK_LINES = 20;

export interface LinkStatusFacts {
  link: Link;
  outlook: LinkOutlook;
  /** Since when that capacity has been due, as it is on record; null: that is not known. */
  since: string | null;
}

/** One link: its capacity now, why, when that changes, and its week; shown to one person only. */
export function linkStatusMessage({ link, outlook, since }: LinkStatusFacts): MessageView {
  const { capacity } = outlook.due;
  const note = isApplied(link) ? APPLIED : NOTE;
  const about = link.about === null ? '' : ` · ${escapeText(link.about)}`;
  // The last line says what applies outside all windows.
  const week = weekWords(link);
  const left = week.length - MAX_WEEK_LINES;
  const shown = left > 0 ? [...week.slice(0, MAX_WEEK_LINES - 1), `and ${left} more windows`, ...week.slice(-1)] : week;
  const lines = shown.map(escapeText);
  const zone = link.zone === null ? '' : ` (${escapeText(link.zone)})`;
  const blocks: KnownBlock[] = [
    section(`*Link ${code(link.name)}*${about}`),
    factSection([
      ['Capacity now', dueWords(outlook.due, link)],
      ...(since === null ? [] : [['Since', dateToken(since)] as [string, string]]),
      ['Next change', nextWords(outlook, link)],
      ['Members', memberWords(link)],
      ['Sharing', clip(sharingWords(link), MAX_SHARING)],
    ]),
    ...(link.timetable.length === 0 ? [] : [section(`*Week*${zone}\n${lines.join('\n')}`)]),
    context(note),
  ];
  return { text: `Link ${link.name}: capacity ${formatRate(capacity)}. ${note}`, blocks };
}
