import type { AuditEvent, Detail, EventName, EventOf } from '../../../domain/audit/audit-event.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import type { AuditQuery } from '../../../workflow/ports/audit/audit-query.ts';
import { personName } from '../text/people-words.ts';
import { clip, code, dateToken, escapeText, mentionUser, oneLine } from '../text/text.ts';
import { recordFacts } from './record-facts.ts';

/** Keeps a record within one block even if every character is escaped. The export has the full text. */
const MAX_WORDS_LENGTH = 200;
const MAX_NAME_LENGTH = 80;

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
  'link.window': 'another capacity of the link is due',
};

/** What the query searches for, as the object of a sentence in mrkdwn. */
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

/** What a record says, in a few words. A change that AWS did not accept yet is not reported as sent. */
export function recordWords(record: AuditEvent): string {
  switch (record.event) {
    case 'apply.failed':
      return record.request === null ? 'limit not set again' : eventWords(record.event);
    case 'revert.scheduled':
      return record.detail.why === 'approvals'
        ? 'ended early: too few approvals without another limit'
        : eventWords(record.event);
    case 'apply.started':
    case 'revert.started':
      if (record.request === null) return 'setting the limit again: an earlier change took effect late';
      return record.detail.putOff ? 'put off by AWS, to be sent again' : eventWords(record.event);
    case 'requested':
      return record.detail.extends ? 'more time requested' : eventWords(record.event);
    case 'applied':
      if (record.request === null) return 'limit set again';
      // A request that changes no rate is a request for more time.
      return record.from !== null && record.from === record.to ? 'more time in force' : eventWords(record.event);
    case 'refused':
      return isRefusedAccess(record) ? 'access refused' : 'request refused';
    case 'decision.refused':
      return record.detail.why === 'may-not-revert' ? 'revert refused' : eventWords(record.event);
    case 'revert.skipped':
      return skippedWords(record.detail);
    default:
      return eventWords(record.event);
  }
}

/** Whether access was refused, rather than a request for a limit. */
function isRefusedAccess({ detail: { of } }: EventOf<'refused'>): boolean {
  return typeof of === 'string' && of !== '';
}

function skippedWords({ why, extendedUntil }: Detail<'revert.skipped'>): string {
  switch (why) {
    case 'replaced':
      return extendedUntil ? 'extended by another request' : 'replaced by another request';
    case 'ended':
      return 'not reverted: the execution ended';
    case 'changed':
      return 'not reverted: the limit was changed elsewhere';
    case 'covered':
      return 'ended while another limit applied';
    case 'same-rate':
      return 'ended; the next limit has the same rate';
  }
}

/** The person that a record is about, and their part in it where the event alone could be misread. Escaped mrkdwn. */
export function actorWords(record: AuditEvent): string {
  const name = personName(record.actor);
  switch (record.event) {
    case 'refused':
      return isRefusedAccess(record) ? `attempted by ${name}` : `requested by ${name}`;
    case 'decision.refused':
      return `attempted by ${name}`;
    case 'drift.detected':
      return `seen by ${name}`;
    default:
      return name;
  }
}

/**
 * The details of a record besides person and time: rates, causes, comments. Escaped mrkdwn; empty if there are none.
 */
export function detailWords(record: AuditEvent): string {
  const { why, denial, comment, rate, dueAt, replacedBy, extendedUntil, until, duration, approvals } =
    recordFacts(record);
  // The reason is shown once, on the record of the request; all later records of the request repeat it.
  const reason = record.event === 'requested' || record.event === 'refused' ? record.reason : null;
  const spoken = comment ? `comment: ${said(comment)}` : reason ? `reason: ${said(reason)}` : '';
  return [
    rates(record),
    rate == null ? '' : `AWS shows ${formatRate(rate)}`,
    dueAt ? `due ${dateToken(dueAt)}` : '',
    replacedBy ? `by ${code(replacedBy)}` : '',
    extendedUntil ? `until ${dateToken(extendedUntil)}` : '',
    until ? `until ${dateToken(until)}` : '',
    duration == null || until ? '' : `for ${formatDuration(duration)}`,
    approvals ? `approvals ${approvals.done} of ${approvals.needed}` : '',
    why ? `why: ${said(why, MAX_NAME_LENGTH)}${denial ? ` (${said(denial, MAX_NAME_LENGTH / 2)})` : ''}` : '',
    spoken,
    record.rule ? `rule ${said(record.rule, MAX_NAME_LENGTH)}` : '',
    record.request ? code(record.request) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function rates({ from, to }: AuditEvent): string {
  if (to === null) return '';
  if (from === null) return `to ${formatRate(to)}`;
  // More time for a limit does not change its rate.
  return from === to ? `stays at ${formatRate(to)}` : `${formatRate(from)} → ${formatRate(to)}`;
}

function said(words: string, longest = MAX_WORDS_LENGTH): string {
  return escapeText(clip(oneLine(words), longest));
}
