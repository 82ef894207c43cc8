import type { KnownBlock } from '@slack/types';
import type { AuditLine } from '../../workflow/ports.ts';
import { detailWords, eventWords } from './audit-words.ts';
import { context, section } from './blocks.ts';
import { executionId } from './execution-words.ts';
import { personName } from './people-words.ts';
import { code, count, dateToken, LIMITS, type MessageView } from './text.ts';

/** A heading and a last line stand beside the records. */
const MOST_SHOWN = LIMITS.messageBlocks - 2;
const HASH_SHOWN = 12;

/**
 * Records of the audit log in words, newest first as given. `about` is mrkdwn that says what was looked up, such as a
 * mention or an id in code style.
 */
export function auditList({ lines, about }: { lines: AuditLine[]; about: string; now: Date }): MessageView {
  if (lines.length === 0) {
    const text = `The audit log has no record of ${about}.`;
    return { text, blocks: [section(text)] };
  }
  const shown = lines.slice(0, MOST_SHOWN);
  const text = `${count(shown.length, 'audit record')} of ${about}, newest first.`;
  const blocks: KnownBlock[] = [
    section(`*${text}*`),
    ...shown.map((line) => section(recordWords(line))),
    ...(lines.length > shown.length ? [context(`And ${lines.length - shown.length} more, not shown here.`)] : []),
  ];
  return { text, blocks };
}

function recordWords({ seq, hash, record }: AuditLine): string {
  const about = record.execution ? ` · ${code(executionId(record.execution))}` : '';
  const who = `${personName(record.actor)}, ${dateToken(record.at)}`;
  return [
    `*${eventWords(record.event)}* · ${who}`,
    `${detailWords(record)}${about}`,
    `record ${seq} · hash ${code(hash.slice(0, HASH_SHOWN))}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
