import type { KnownBlock, ModalView } from '@slack/types';
import { count } from '../../../domain/text/count.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import type { AuditLine } from '../../../workflow/ports/audit/audit-line.ts';
import type { AuditPage } from '../../../workflow/ports/audit/audit-query.ts';
import { context, plain, section } from '../text/blocks.ts';
import { code, dateToken, LIMITS, link, type MessageView } from '../text/text.ts';
import { actorWords, detailWords, recordWords } from './audit-words.ts';
import { untrustedLine } from './untrusted-record.ts';

/** Leaves room for a heading, a link and a last line. */
export const MAX_STEPS = LIMITS.messageBlocks - 5;
const HASH_SHOWN = 20;

export interface HistoryFacts {
  request: string;
  /** Oldest first. */
  lines: Readonly<AuditPage['lines']>;
  /** There are more records than these. */
  more: boolean;
  /** Link to the request's message; null if there is none. */
  message: string | null;
}

/** The history of one request: what happened, who did it, when, and how long after the previous step. */
export function requestHistory({ request, lines, more, message }: HistoryFacts): MessageView {
  const text =
    lines.length === 0
      ? `The audit log has no record of request ${code(request)}.`
      : `The story of request ${code(request)}, ${count(lines.length, 'record')}, oldest first.`;
  const blocks: KnownBlock[] = [
    section(`*${text}*${message ? `\n${link(message, 'Its message')}` : ''}`),
    ...lines.slice(0, MAX_STEPS).map((line, place) => section(stepWords(line, lines[place - 1] ?? null))),
    ...(more ? [context('There is more: see the log, or an export.')] : []),
  ];
  return { text, blocks };
}

type HistoryLine = AuditPage['lines'][number];

export function requestHistoryModal(facts: HistoryFacts, metadata: string): ModalView {
  return {
    type: 'modal',
    private_metadata: metadata,
    title: plain('One request', LIMITS.modalTitle),
    close: plain('Back', LIMITS.modalTitle),
    blocks: requestHistory(facts).blocks,
  };
}

function stepWords(line: HistoryLine, before: HistoryLine | null): string {
  if (line.record === null) return untrustedLine(line);
  const { seq, hash, record } = line;
  const seconds = !before?.record ? 0 : Math.round((Date.parse(record.at) - Date.parse(before.record.at)) / 1000);
  const after = !before?.record ? '' : seconds < 1 ? ' · at once' : ` · after ${formatDuration(seconds)}`;
  return [
    `${MARK[record.event] ?? '•'} *${recordWords(record)}* · ${actorWords(record)}, ${dateToken(record.at)}${after}`,
    detailWords(record),
    `record ${seq} · hash ${code(hash.slice(0, HASH_SHOWN))}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const MARK: Readonly<Partial<Record<AuditLine['record']['event'], string>>> = {
  requested: ':speech_balloon:',
  approved: ':+1:',
  denied: ':-1:',
  'apply.started': ':arrow_right:',
  applied: ':white_check_mark:',
  'apply.failed': ':x:',
  'apply.stale': ':x:',
  'apply.unknown': ':grey_question:',
  cancelled: ':no_entry_sign:',
  expired: ':hourglass:',
};
