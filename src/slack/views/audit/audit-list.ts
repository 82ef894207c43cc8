import type { Button, KnownBlock, ModalView } from '@slack/types';
import { count } from '../../../domain/text/count.ts';
import type { AuditLine } from '../../../workflow/ports/audit/audit-line.ts';
import type { AuditPage } from '../../../workflow/ports/audit/audit-query.ts';
import { actions, button, context, plain, section } from '../text/blocks.ts';
import { executionId } from '../text/execution-words.ts';
import { code, dateToken, LIMITS, link, type MessageView } from '../text/text.ts';
import { actorWords, detailWords, recordWords } from './audit-words.ts';
import { untrustedLine } from './untrusted-record.ts';

export const AUDIT_OLDER_ACTION = 'audit_older';
export const AUDIT_NEWER_ACTION = 'audit_newer';
export const AUDIT_HISTORY_ACTION = 'audit_story';
export const AUDIT_FILTER_ACTION = 'audit_filter';

const HASH_SHOWN = 12;

/** The sealed values of the buttons; null: the button is left out. */
interface AuditSeals {
  older: string | null;
  newer: string | null;
  filter: string | null;
  /** For the button that shows the full history of a request. */
  story: ((request: string) => string) | null;
}

export interface AuditListFacts {
  page: AuditPage;
  /** What was looked up, in mrkdwn: a mention, for example, or an id in code style. */
  about: string;
  seals: AuditSeals;
  /** Links to the messages of requests, by request id. */
  links: ReadonlyMap<string, string>;
  /** The log in Redis does not match what was written before. */
  lost: boolean;
}

/** A page of the audit log, newest record first. */
export function auditList(facts: AuditListFacts): MessageView {
  const { page, about } = facts;
  const { lines } = page;
  const text =
    lines.length > 0
      ? `${count(lines.length, 'audit record')} of ${about}, newest first.`
      : page.stopped
        ? `No audit record of ${about} yet among the ${page.read} that were read.`
        : `The audit log has no ${page.newer === null ? '' : 'older '}record of ${about}.`;
  const blocks: KnownBlock[] = [
    ...(facts.lost ? [section(LOST)] : []),
    section(`*${text}*`),
    ...lines.map((line) => (line.record === null ? section(untrustedLine(line)) : recordBlock(line, facts))),
    ...(page.stopped ? [context(`${page.read} records were read; there may be more: Continue reads on.`)] : []),
    ...actions(buttons(facts)),
  ];
  return { text, blocks };
}

/** The same page in a modal. */
export function auditListModal(facts: AuditListFacts, metadata: string): ModalView {
  return {
    type: 'modal',
    private_metadata: metadata,
    title: plain('Audit log', LIMITS.modalTitle),
    close: plain('Close', LIMITS.modalTitle),
    blocks: auditList(facts).blocks,
  };
}

const LOST =
  ':rotating_light: *This log is not the one that was written before: records may be lost.* Nothing more is written until a person has looked.';

function buttons({ page, seals }: AuditListFacts): Button[] {
  return [
    ...(seals.newer === null ? [] : [button(AUDIT_NEWER_ACTION, '← Newer', seals.newer)]),
    ...(seals.older === null ? [] : [button(AUDIT_OLDER_ACTION, page.stopped ? 'Continue' : 'Older →', seals.older)]),
    ...(seals.filter === null ? [] : [button(AUDIT_FILTER_ACTION, 'Filter…', seals.filter)]),
  ];
}

function recordBlock({ seq, hash, record }: AuditLine, { seals, links }: AuditListFacts): KnownBlock {
  const about = record.execution ? ` · ${code(executionId(record.execution))}` : '';
  const who = `${actorWords(record)}, ${dateToken(record.at)}`;
  const message = record.request === null ? undefined : links.get(record.request);
  const words = [
    `*${recordWords(record)}* · ${who}`,
    `${detailWords(record)}${about}`,
    `record ${seq} · hash ${code(hash.slice(0, HASH_SHOWN))}${message ? ` · ${link(message, 'message')}` : ''}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
  const story =
    seals.story && record.request !== null
      ? button(AUDIT_HISTORY_ACTION, 'Whole story', seals.story(record.request))
      : undefined;
  return section(words, story);
}
