import type { KnownBlock } from '@slack/types';
import type { EventName } from '../../../domain/audit/audit-event.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { isLate, isUnseen, warnAt } from '../../../domain/run/grant/grant-notices.ts';
import { type GrantEnd, hasOpenGrant, isReverting } from '../../../domain/run/grant/timed-grant.ts';
import { coverOf } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import type { AuditLine } from '../../../workflow/ports/audit/audit-line.ts';
import { actions, context, section } from '../text/blocks.ts';
import { shortName } from '../text/execution-words.ts';
import { code, dateToken, type MessageView, mentionUser } from '../text/text.ts';
import { limitButtons } from './card.ts';
import { limitStatusWords, nextRate, overdueWords } from './limit-status-words.ts';

/** A note in a request's thread about its limit. `key` identifies the note, so that it is posted once. */
export interface ThreadNote {
  key: string;
  message: MessageView;
  /** Also shown in the channel, because what it says about the limit is out of date. */
  broadcast: boolean;
}

const HASH_SHOWN = 20;

interface NoteFacts {
  request: ThrottleRequest;
  /** The request's records, newest first. */
  lines: readonly AuditLine[];
  now: Date;
  /** Null: the bot has not changed its limit. */
  run: Run | null;
  /** Why AWS did not answer, if it was called; mrkdwn. */
  problem?: string | null;
  seal: (id: string) => string;
}

/** All notes that are true now, including those already posted. */
export function threadNotes(facts: NoteFacts): ThreadNote[] {
  return [warning(facts), late(facts), unseen(facts), drifted(facts), ended(facts)].filter((note) => note !== null);
}

function warning({ request, now, run, seal }: NoteFacts): ThreadNote | null {
  if (!hasOpenGrant(request) || isReverting(request) || request.hold.by || coverOf(run, request.id, now)) return null;
  const { dueAt } = request.hold;
  const base = nextRate(request, run, now);
  const from = warnAt(request.hold);
  const left = (Date.parse(dueAt) - now.getTime()) / 1000;
  if (!from || now < from || left <= 0) return null;
  const minutes = formatDuration(Math.max(60, Math.round(left / 60) * 60));
  const text = `${nameOf(request)} goes back to ${formatRate(base)} in about ${minutes}, ${dateToken(dueAt)}. ${mentionUser(request.requester.user)} If it should stay longer, ask for more time now.`;
  return note(`warn ${dueAt}`, {
    words: `:hourglass_flowing_sand: ${text}`,
    text,
    more: actions(limitButtons(request, { run, now, seal })),
    broadcast: false,
  });
}

function late({ request, now, problem = null }: NoteFacts): ThreadNote | null {
  if (!hasOpenGrant(request) || !isLate(request.hold, now)) return null;
  const { hold, to } = request;
  const { emoji, state, sentence } = overdueWords({ hold, to, problem });
  const headline = `${state}: ${nameOf(request)}`;
  const rest = `${sentence} ${mentionUser(request.requester.user)} If it can’t wait, set the limit in the AWS console.`;
  return note(`late ${hold.dueAt}`, {
    words: `:${emoji}: *${headline}*\n${rest}`,
    text: `${headline}. ${rest}`,
    broadcast: true,
  });
}

function unseen({ request, now }: NoteFacts): ThreadNote | null {
  if (!hasOpenGrant(request) || !isUnseen(request.hold, now)) return null;
  const { sent, base } = request.hold;
  const text = `Setting ${nameOf(request)} back to ${formatRate(base)} was sent to AWS ${dateToken(sent?.sentAt ?? '')}, and it is not known yet what came of it: AWS does not answer, or no longer lets the bot look. The bot goes on asking, and says here what it sees; no other change of this run begins until then. ${mentionUser(request.requester.user)} The AWS console shows which limit is in force.`;
  return note('unseen', { words: `:warning: ${text}`, text, broadcast: true });
}

function drifted({ request, lines }: NoteFacts): ThreadNote | null {
  const { drift } = request;
  if (!drift) return null;
  const text = `Limit changed outside the bot (console or CLI): ${nameOf(request)} → ${formatRate(drift.rate)}, seen ${dateToken(drift.at)}. Every limit that was requested here for this execution has ended, also the ${formatRate(request.to)} of this request. The new one stays until someone changes it.`;
  const record = recordOf(lines, ['drift.detected'], drift.at);
  return note(`drift ${drift.at}`, { words: `:warning: ${text}`, text, record, broadcast: true });
}

function ended({ request, lines }: NoteFacts): ThreadNote | null {
  const { hold } = request;
  // A change made outside the bot is told by its own note.
  if (!hold?.end || (hold.end.why === 'changed' && request.drift)) return null;
  const { emoji, state, sentence } = limitStatusWords({ hold, to: request.to });
  const asker = hold.end.how === 'failed' ? ` ${mentionUser(request.requester.user)}` : '';
  const words = `${state}: ${nameOf(request)}`;
  const record = recordOf(lines, ENDS, hold.end.at);
  // Nothing changed for the transfer, or the note of another request has told the channel.
  const isKnown = QUIET.has(hold.end.why) || (hold.end.why === 'changed' && hold.end.at < hold.dueAt);
  return note('ended', {
    words: `:${emoji}: *${words}*\n${sentence}${asker}`,
    text: `${words}. ${sentence}${asker}`,
    record,
    broadcast: !isKnown,
  });
}

const QUIET: ReadonlySet<GrantEnd['why']> = new Set(['replaced', 'covered', 'same-rate']);

const ENDS: readonly EventName[] = ['reverted', 'revert.skipped', 'revert.failed'];

/** The record that a note refers to; the request may have had others since. */
function recordOf(lines: readonly AuditLine[], events: readonly EventName[], at: string): AuditLine | null {
  return lines.find(({ record }) => record.at === at && events.includes(record.event)) ?? null;
}

interface Note {
  words: string;
  text: string;
  broadcast: boolean;
  more?: KnownBlock[];
  record?: AuditLine | null;
}

function note(key: string, { words, text, broadcast, more = [], record = null }: Note): ThreadNote {
  const proof = record ? [context(`audit record ${record.seq} · hash ${code(record.hash.slice(0, HASH_SHOWN))}`)] : [];
  return { key, broadcast, message: { text, blocks: [section(words), ...more, ...proof] } };
}

function nameOf(request: ThrottleRequest): string {
  return shortName({ taskName: request.taskName, arn: request.execution });
}
