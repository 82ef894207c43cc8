import type { KnownBlock } from '@slack/types';
import { dueWords } from '../../../domain/link/link-words.ts';
import type { Principals } from '../../../domain/policy/policy.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { count } from '../../../domain/text/count.ts';
import type { CapacityPreviewed } from '../../../workflow/queries/links/preview-capacity.ts';
import { context, factSection, section } from '../text/blocks.ts';
import { mentions } from '../text/people-words.ts';
import { code, dateToken, escapeText, type MessageView } from '../text/text.ts';
import { nextWords } from './next-words.ts';

export interface CapacityPreviewFacts {
  preview: Extract<CapacityPreviewed, { kind: 'would-request' }>;
  /** The rule's approvers, limited to people who may be named. */
  approvers: Principals;
  /** The person who would make the request; never one of the approvers. */
  user: string;
}

const NOTE = 'Another capacity of a link can’t be requested yet';

/** What a request for another capacity would come to, and what the timetable brings without it. */
export function capacityPreview({ preview, approvers, user }: CapacityPreviewFacts): MessageView {
  const { link, rule, proposal, outlook, end } = preview;
  const { from, to, needed } = proposal;
  const change = `${formatRate(from)} → ${formatRate(to)} until ${dateToken(end.toISOString())}`;
  const verdict = needed === 0 ? 'Allowed, no approval needed' : `Allowed, ${count(needed, 'approval')} needed`;
  const raise = proposal.direction !== 'lower' && to <= from;
  const blocks: KnownBlock[] = [
    section(`*Preview: link ${code(link.name)}, ${change}*\n${verdict}. Nothing is recorded.`),
    factSection([
      ['Rule', escapeText(rule.name)],
      ['Approvals', needed === 0 ? 'none' : `${count(needed, 'approval')} from: ${mentions(approvers, user)}`],
      ['Capacity now', dueWords(outlook.due, link)],
      ['Next change', nextWords(outlook, link)],
    ]),
    ...(raise ? [section('Counts as a raise: the timetable would bring a lower capacity before that end.')] : []),
    context(`${NOTE}.`),
  ];
  return { text: `Preview: link ${link.name}, ${change}. ${verdict}. ${NOTE}.`, blocks };
}
