import type { EventName } from '../../domain/audit-event.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { formatDuration } from '../../domain/duration.ts';
import { formatRate } from '../../domain/rate.ts';
import type { AuditQuery } from '../../workflow/audit-ports.ts';
import { personName } from './people-words.ts';
import { clip, code, dateToken, escapeText, mentionUser, oneLine } from './text.ts';

/** So that a record fits in a block, escaped at its worst; the export has it whole. */
const LONGEST_WORDS = 200;
const LONGEST_NAME = 80;

const EVENT: Readonly<Record<EventName, string>> = {
  requested: 'asked',
  refused: 'request or access refused',
  approved: 'approved',
  'decision.refused': 'decision refused',
  denied: 'denied',
  cancelled: 'cancelled',
  expired: 'expired',
  'apply.started': 'sent to AWS',
  applied: 'in force, read back from AWS',
  'apply.failed': 'change failed',
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
export function recordWords({ event, detail, from, to }: RecordSaid): string {
  if (detail?.putOff) return 'put off by AWS, to be sent again';
  switch (event) {
    case 'requested':
      return detail?.extends ? 'more time requested' : eventWords(event);
    case 'applied':
      // A request that changes no rate is one for more time.
      return from !== null && from === to ? 'more time in force' : eventWords(event);
    case 'refused':
      return text(detail, 'of') ? 'access refused' : 'request refused';
    case 'decision.refused':
      return text(detail, 'why') === 'may-not-revert' ? 'revert refused' : eventWords(event);
    case 'revert.skipped':
      return skippedWords(detail) ?? eventWords(event);
    default:
      return eventWords(event);
  }
}

type RecordSaid = Pick<AuditRecord, 'event' | 'detail' | 'from' | 'to'>;

function skippedWords(detail: AuditRecord['detail']): string | null {
  switch (text(detail, 'why')) {
    case 'replaced':
      return text(detail, 'extendedUntil') ? 'extended by another request' : 'replaced by another request';
    case 'ended':
      return 'not reverted: the execution ended';
    case 'changed':
      return 'not reverted: the limit was changed elsewhere';
    default:
      return null;
  }
}

/** Who a record is about, and as what where the event could be taken for their own doing. Escaped mrkdwn. */
export function actorWords({ event, detail, actor }: Pick<AuditRecord, 'event' | 'detail' | 'actor'>): string {
  const name = personName(actor);
  switch (event) {
    case 'refused':
      return text(detail, 'of') ? `attempted by ${name}` : `requested by ${name}`;
    case 'decision.refused':
      return `attempted by ${name}`;
    case 'drift.detected':
      return `seen by ${name}`;
    default:
      return name;
  }
}

/** What a record says beside who and when: rates, why, what was said. Escaped mrkdwn; empty where there is nothing. */
export function detailWords(record: AuditRecord): string {
  const { detail } = record;
  const why = text(detail, 'why');
  const denial = text(detail, 'denial') ?? text(detail, 'limit');
  const comment = text(detail, 'comment');
  const rate = number(detail, 'rate');
  const due = text(detail, 'dueAt');
  const replacedBy = text(detail, 'replacedBy');
  const extendedUntil = text(detail, 'extendedUntil');
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
    replacedBy === null ? '' : `by ${code(replacedBy)}`,
    extendedUntil === null ? '' : `until ${dateToken(extendedUntil)}`,
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
  if (from === null) return `to ${formatRate(to)}`;
  // More time for a limit: its rate is no change.
  return from === to ? `stays at ${formatRate(to)}` : `${formatRate(from)} → ${formatRate(to)}`;
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
