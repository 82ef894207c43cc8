import type { KnownBlock, SectionBlock } from '@slack/types';
import type { StoredRequest } from '../../workflow/ports.ts';
import { button, context, divider, section } from './blocks.ts';
import { REVIEW_ACTION } from './card.ts';
import { personName } from './people-words.ts';
import { stateWords } from './state-words.ts';
import { clip, code, count, dateToken, escapeText, LIMITS, link, type MessageView, oneLine } from './text.ts';

/** Two headings, a divider and a last line stand beside the requests. */
const MOST_SHOWN = LIMITS.messageBlocks - 4;
const LONGEST_REASON = 120;

export interface RequestListFacts {
  /** Those that the reader can decide. */
  mine: StoredRequest[];
  others: StoredRequest[];
  /** How many more are open and not given here. */
  more: number;
  now: Date;
  seal: (id: string) => string;
  /** Request id → address of its card. */
  links: ReadonlyMap<string, string>;
}

/** The open requests, for one person, privately. */
export function requestList(facts: RequestListFacts): MessageView {
  const mine = facts.mine.slice(0, MOST_SHOWN);
  const others = facts.others.slice(0, MOST_SHOWN - mine.length);
  const more = facts.more + facts.mine.length - mine.length + facts.others.length - others.length;
  const total = mine.length + others.length + more;
  if (total === 0) {
    const text = 'No request is open: no limit change is waiting.';
    return { text, blocks: [section(text)] };
  }
  const text = `${count(total, 'open request')}, ${facts.mine.length} for you to decide.`;
  const blocks: KnownBlock[] = [
    section(
      mine.length > 0 ? `*${count(facts.mine.length, 'request')} for you to decide*` : 'Nothing for you to decide.',
    ),
    ...mine.map((stored) => entry(stored, facts, true)),
    ...(others.length > 0 ? [divider(), section('*Other open requests*')] : []),
    ...others.map((stored) => entry(stored, facts, false)),
    ...(more > 0 ? [context(`And ${more} more, not shown here.`)] : []),
  ];
  return { text, blocks };
}

function entry({ request }: StoredRequest, { seal, links }: RequestListFacts, decidable: boolean): SectionBlock {
  const { headline } = stateWords(request);
  const url = links.get(request.id);
  const card = url ? ` · ${link(url, 'open the card')}` : '';
  const asked = `Asked by ${personName(request.requester)}, ${dateToken(request.requestedAt)}; open until ${dateToken(request.expiresAt)}`;
  const reason = request.reason ? `\nReason: ${escapeText(clip(oneLine(request.reason), LONGEST_REASON))}` : '';
  const text = `${headline}\n${asked}${reason}\n${code(request.id)}${card}`;
  return section(text, decidable ? button(REVIEW_ACTION, 'Review', seal(request.id), { style: 'primary' }) : undefined);
}
