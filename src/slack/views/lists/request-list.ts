import type { KnownBlock, SectionBlock } from '@slack/types';
import { count } from '../../../domain/text/count.ts';
import type { StoredRequest } from '../../../workflow/ports/ledger.ts';
import { REVIEW_ACTION } from '../cards/card.ts';
import { requestStatusWords } from '../cards/request-status-words.ts';
import { button, context, divider, section } from '../text/blocks.ts';
import { personName } from '../text/people-words.ts';
import { clip, code, dateToken, escapeText, LIMITS, link, type MessageView, oneLine } from '../text/text.ts';

/** Leaves room for two headings, a divider and a last line. */
const MAX_SHOWN = LIMITS.messageBlocks - 4;
const MAX_REASON_LENGTH = 120;

export interface RequestListFacts {
  /** The first requests that the reader can decide, and the first of the others. */
  mine: StoredRequest[];
  others: StoredRequest[];
  /** How many requests the reader can decide and how many are open, including those that are not listed here. */
  toDecide: number;
  total: number;
  now: Date;
  seal: (id: string) => string;
  /** Request id → address of its card. */
  links: ReadonlyMap<string, string>;
}

/** The open requests, shown to one person only. */
export function requestList(facts: RequestListFacts): MessageView {
  const mine = facts.mine.slice(0, MAX_SHOWN);
  const others = facts.others.slice(0, MAX_SHOWN - mine.length);
  const { total, toDecide } = facts;
  if (total === 0) {
    const text = 'No request is open: no limit change is waiting.';
    return { text, blocks: [section(text)] };
  }
  const given = mine.length + others.length;
  const which = given < total ? ` ${shownWords(given, toDecide)}` : '';
  const text = `${count(total, 'open request')}, ${toDecide} for you to decide.${which}`;
  const blocks: KnownBlock[] = [
    section(
      `${toDecide > 0 ? `*${count(toDecide, 'request')} for you to decide*` : 'Nothing for you to decide'}, of ${total} open.${which}`,
    ),
    ...mine.map((stored) => entry(stored, facts, true)),
    ...(others.length > 0 ? [divider(), section('*Other open requests*')] : []),
    ...others.map((stored) => entry(stored, facts, false)),
    ...(given < total ? [context(`And ${total - given} more, not shown here.`)] : []),
  ];
  return { text, blocks };
}

/** Which requests are listed, if not all fit. */
function shownWords(given: number, toDecide: number): string {
  if (toDecide === 0) return `The ${given} shown are the oldest.`;
  if (toDecide >= given) return `The ${given} shown are the oldest that you can decide.`;
  return `The ${given} shown are those that you can decide first, then the oldest others.`;
}

function entry({ request }: StoredRequest, { seal, links }: RequestListFacts, decidable: boolean): SectionBlock {
  const { headline } = requestStatusWords(request);
  const url = links.get(request.id);
  const card = url ? ` · ${link(url, 'open the card')}` : '';
  const asked = `Asked by ${personName(request.requester)}, ${dateToken(request.requestedAt)}; open until ${dateToken(request.expiresAt)}`;
  const reason = request.reason ? `\nReason: ${escapeText(clip(oneLine(request.reason), MAX_REASON_LENGTH))}` : '';
  const text = `${headline}\n${asked}${reason}\n${code(request.id)}${card}`;
  return section(text, decidable ? button(REVIEW_ACTION, 'Review', seal(request.id), { style: 'primary' }) : undefined);
}
