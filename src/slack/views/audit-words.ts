import type { EventName } from '../../domain/audit-event.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { formatDuration } from '../../domain/duration.ts';
import { formatRate } from '../../domain/rate.ts';
import type { AuditQuery } from '../../workflow/audit-ports.ts';
import { clip, code, dateToken, escapeText, mentionUser, oneLine } from './text.ts';

/** So that a record fits in a block, escaped at its worst; the export has it whole. */
const LONGEST_WORDS = 200;
const LONGEST_NAME = 80;

const EVENT: Readonly<Record<EventName, string>> = {
  requested: 'asked',
  refused: 'refused to ask',
  approved: 'approved',
  'decision.refused': 'refused to decide',
  denied: 'denied',
  cancelled: 'cancelled',
  expired: 'expired',
  'apply.started': 'sent to AWS',
  applied: 'in force, read back from AWS',
  'apply.failed': 'failed',
  'apply.stale': 'out of date, nothing sent',
  'apply.unknown': 'not known yet what AWS did',
  'revert.scheduled': 'to be set back',
  'revert.started': 'setting back sent to AWS',
  reverted: 'set back, read back from AWS',
  'revert.skipped': 'left alone when its time was over',
  'revert.failed': 'could not be set back',
  'drift.detected': 'limit changed past the bot',
  'policy.loaded': 'policy loaded',
  'audit.exported': 'audit log exported',
  'audit.archived': 'audit records archived',
  'loss.accepted': 'loss of records accepted',
};

/** What is looked for, as the object of a sentence: mrkdwn. */
export function aboutWords(query: AuditQuery): string {
  const { request, execution, task, user, account, event, channel, since, until } = query;
  const parts = [
    request && `request ${code(request)}`,
    execution && `execution ${code(execution)}`,
    task && `task ${code(task)}`,
    user && mentionUser(user.user),
    account && `account ${code(account)}`,
    event && `the event ${code(event)}`,
    channel && `<#${channel}>`,
  ].filter((part): part is string => Boolean(part));
  const times = [since && `since ${dateToken(since)}`, until && `before ${dateToken(until)}`].filter(Boolean);
  return [parts.length === 0 ? 'everything' : parts.join(', '), ...times].join(' ');
}

/** What happened, in a few words. */
export function eventWords(event: EventName): string {
  return EVENT[event];
}

/** What a record tells of, in a few words: an intent that AWS put off is no change that was sent. */
export function recordWords({ event, detail }: Pick<AuditRecord, 'event' | 'detail'>): string {
  return detail?.putOff ? 'put off by AWS, to be sent again' : eventWords(event);
}

/** What a record says beside who and when: rates, why, what was said. Escaped mrkdwn; empty where there is nothing. */
export function detailWords(record: AuditRecord): string {
  const { detail } = record;
  const why = text(detail, 'why');
  const denial = text(detail, 'denial') ?? text(detail, 'limit');
  const comment = text(detail, 'comment');
  const rate = number(detail, 'rate');
  const due = text(detail, 'dueAt');
  const until = text(detail, 'until');
  const duration = number(detail, 'duration');
  const done = number(detail, 'count');
  const needed = number(detail, 'needed') ?? number(detail, 'approvals');
  // A reason is told once, where it was given; every later record of the request repeats it.
  const reason = record.event === 'requested' || record.event === 'refused' ? record.reason : null;
  const spoken = comment ? `comment: ${said(comment)}` : reason ? `reason: ${said(reason)}` : '';
  return [
    rates(record),
    rate === null ? '' : `AWS shows ${formatRate(rate)}`,
    due === null ? '' : `due ${dateToken(due)}`,
    until === null ? '' : `until ${dateToken(until)}`,
    duration === null || until !== null ? '' : `for ${formatDuration(duration)}`,
    needed === null ? '' : `approvals ${done ?? 0} of ${needed}`,
    why ? `why: ${said(why, LONGEST_NAME)}${denial ? ` (${said(denial, LONGEST_NAME / 2)})` : ''}` : '',
    spoken,
    record.rule ? `rule ${said(record.rule, LONGEST_NAME)}` : '',
    record.request ? code(record.request) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function rates({ from, to }: AuditRecord): string {
  if (to === null) return '';
  return from === null ? `to ${formatRate(to)}` : `${formatRate(from)} → ${formatRate(to)}`;
}

function said(words: string, longest = LONGEST_WORDS): string {
  return escapeText(clip(oneLine(words), longest));
}

function text(detail: AuditRecord['detail'], key: string): string | null {
  const value = detail?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(detail: AuditRecord['detail'], key: string): number | null {
  const value = detail?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
