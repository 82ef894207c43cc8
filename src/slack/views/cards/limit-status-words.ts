import { formatRate } from '../../../domain/rate/rate.ts';
import type { Extension, ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { isLate } from '../../../domain/run/grant/grant-notices.ts';
import { lateness } from '../../../domain/run/grant/late-revert.ts';
import {
  type GrantEnd,
  hasOpenGrant,
  isReverting,
  type RevertFailedWhy,
  type SkippedWhy,
  type TimedGrant,
} from '../../../domain/run/grant/timed-grant.ts';
import { coverOf, nextLimit } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import { count } from '../../../domain/text/count.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import { awsQuote } from '../text/aws-quote.ts';
import { personName } from '../text/people-words.ts';
import { code, dateToken } from '../text/text.ts';
import { deferralWords, noPermission } from './aws-refusal-words.ts';

export interface LimitStatusWords {
  emoji: 'white_check_mark' | 'hourglass_flowing_sand' | 'warning' | 'no_entry';
  state: string;
  sentence: string;
}

export interface LimitStatusFacts {
  hold: TimedGrant;
  /** Null: don't check whether its time is over. */
  now?: Date | null;
  /** The limit, in bytes per second. */
  to: number;
  /** Why AWS does not answer; mrkdwn. Null: no problem is known. */
  problem?: string | null;
  /** The rate that applies after it, as far as is known now; null: the recorded one. */
  next?: number | null;
}

/** The status of a limit with an end, after it was set. */
export function limitStatusWords({
  hold,
  to,
  now = null,
  problem = null,
  next = null,
}: LimitStatusFacts): LimitStatusWords {
  const base = formatRate(hold.end || hold.sent ? hold.base : (next ?? hold.base));
  if (hold.end) return endWords(hold, hold.end);
  if (hold.sent) {
    const by = hold.by ? ` ${personName(hold.by)} wanted it back.` : '';
    if (hold.sent.putOff) {
      return {
        emoji: 'hourglass_flowing_sand',
        state: 'In force, about to go back',
        sentence: `${deferralWords(hold.sent.putOff, hold.role)} The bot goes on trying to set ${base}.${by}`,
      };
    }
    return {
      emoji: 'hourglass_flowing_sand',
      state: `Going back to ${base}, waiting for AWS to show it`,
      sentence: `Sent ${dateToken(hold.sent.sentAt)}${hold.sent.attempt > 1 ? `, try ${hold.sent.attempt}` : ''}.${by}`,
    };
  }
  if (now && isLate(hold, now)) return overdueWords({ hold, to, problem });
  if (hold.by) {
    const sentence = `${personName(hold.by)} wants it back now: the bot sets ${base} as soon as it can.`;
    return { emoji: 'hourglass_flowing_sand', state: 'In force, about to go back', sentence };
  }
  if (now && now >= new Date(hold.dueAt)) {
    const sentence = `Its time is over since ${dateToken(hold.dueAt)}: the bot sets ${base} as soon as it can.`;
    return { emoji: 'hourglass_flowing_sand', state: 'In force, about to go back', sentence };
  }
  return {
    emoji: 'white_check_mark',
    state: 'In force',
    sentence: `It goes back to ${base} by itself ${dateToken(hold.dueAt)}.`,
  };
}

/** The time is over, but the limit is still set. */
export function overdueWords({
  hold,
  to,
  problem = null,
}: Pick<LimitStatusFacts, 'hold' | 'to' | 'problem'>): LimitStatusWords {
  const why = problem ?? 'Redis, AWS or the bot was unavailable, or another change of this run is under way';
  return {
    emoji: 'warning',
    state: 'Revert overdue',
    sentence: `It was due to revert to ${formatRate(hold.base)} ${dateToken(hold.dueAt)}. The limit of ${formatRate(to)} still applies: ${why}. We keep trying.`,
  };
}

/** Empty if the limit was reverted on time. */
function lateWords(hold: TimedGrant): string {
  const late = lateness(hold);
  if (!late) return '';
  const why = {
    sent: 'Redis, AWS or the bot was unavailable',
    shown: 'it was sent in time, and AWS confirmed it late',
  };
  return ` Late: due ${dateToken(late.dueAt)}, reverted ${dateToken(late.revertedAt)} (${why[late.late]}).`;
}

function endWords(hold: TimedGrant, end: GrantEnd): LimitStatusWords {
  const base = formatRate(hold.base);
  const now = end.rate === null ? '' : formatRate(end.rate);
  const at = dateToken(end.at);
  switch (end.how) {
    case 'reverted': {
      const why = hold.by ? `${personName(hold.by)} wanted it back` : 'Its time is over';
      return {
        emoji: 'white_check_mark',
        state: `Set back to ${base}`,
        sentence: `${why}: ${base} is in force again, read back from AWS ${at}.${lateWords(hold)}`,
      };
    }
    case 'skipped':
      if (end.why === 'replaced' && end.extendedUntil) return extendedWords(end.replacedBy, end.extendedUntil);
      return (
        SKIPPED[end.why as SkippedWhy]?.({ base, now, at, by: end.replacedBy, sent: hold.sent !== null }) ??
        leftAlone(at)
      );
    case 'failed': {
      if (end.why === 'unseen') return unseenWords(hold, end);
      const why = FAILED[end.why as keyof typeof FAILED]?.(end, hold) ?? 'It could not be set back.';
      const sentence = `${why}${awsQuote(end.refused?.said)} The limit stays as it is until somebody changes it: ask for ${base}, or set it in the AWS console.`;
      return { emoji: 'no_entry', state: 'In force still: it could not be set back', sentence };
    }
  }
}

/** Another request extended the limit. */
export function extendedWords(by: string | null, until: string): LimitStatusWords {
  const sentence = `${by ? `Request ${code(by)}` : 'Another request'} extended it until ${dateToken(until)}.`;
  return { emoji: 'white_check_mark', state: 'Extended', sentence };
}

function unseenWords(hold: TimedGrant, { refused }: GrantEnd): LimitStatusWords {
  const base = formatRate(hold.base);
  const sent = hold.sent ? ` ${dateToken(hold.sent.sentAt)}` : '';
  const denied = noPermission(refused?.action ?? 'datasync:DescribeTaskExecution', refused?.role ?? hold.role);
  return {
    emoji: 'warning',
    state: 'Going back was sent, not known whether it is',
    sentence: `Setting it back to ${base} was sent to AWS${sent}, but AWS no longer lets the bot look (${denied}): it is not known which limit is in force.${awsQuote(refused?.said)} See the run in the AWS console, and set ${base} there if it is not; have the bot allowed to look.`,
  };
}

function leftAlone(at: string): LimitStatusWords {
  return { emoji: 'warning', state: 'Left as it is', sentence: `Its time is over ${at}, and nothing was sent to AWS.` };
}

const SKIPPED: Readonly<
  Record<
    SkippedWhy,
    (of: { base: string; now: string; at: string; by: string | null; sent: boolean }) => LimitStatusWords
  >
> = {
  changed: ({ base, now, sent }) => ({
    emoji: 'warning',
    state: 'Limit changed outside the bot',
    sentence: sent
      ? `The revert to ${base} was sent, but AWS shows ${now || 'another limit'}: someone changed the limit meanwhile. That one stays until someone changes it.`
      : `Someone changed the limit${now ? ` to ${now}` : ''} by console or CLI. This limit has ended, without a revert to ${base}: nothing was sent to AWS.`,
  }),
  ended: ({ at }) => ({
    emoji: 'white_check_mark',
    state: 'Was in force until the run ended',
    sentence: `The run has ended (seen ${at}), so there is nothing to set back.`,
  }),
  replaced: ({ by }) => ({
    emoji: 'white_check_mark',
    state: 'Replaced',
    sentence: `${by ? `Request ${code(by)}` : 'Another request'} has taken its place, and this one’s time no longer runs.`,
  }),
  covered: ({ at }) => ({
    emoji: 'white_check_mark',
    state: 'Ended',
    sentence: `It ended ${at} while another limit applied; nothing had to be changed at AWS.`,
  }),
  'same-rate': ({ at }) => ({
    emoji: 'white_check_mark',
    state: 'Ended',
    sentence: `It ended ${at}. The limit that applies next has the same rate, so nothing had to be changed at AWS.`,
  }),
};

const FAILED: Readonly<Record<Exclude<RevertFailedWhy, 'unseen'>, (end: GrantEnd, hold: TimedGrant) => string>> = {
  denied: ({ refused }, { role }) =>
    `AWS refused: ${noPermission(refused?.action ?? 'datasync:UpdateTaskExecution', refused?.role ?? role)}.`,
  rejected: () => 'AWS rejected the change as invalid.',
  'base-unknown': () => 'The audit records of the limit before it are lost, so it is unknown what to revert to.',
  ignored: (_, { sent }) =>
    `It was sent to AWS ${count(sent?.attempt ?? 1, 'time')}, and AWS still shows the limit unchanged.`,
};

/** When the limit reverts, and how long that is from now. Null if it does not revert, or does not apply now. */
export function countdown(request: ThrottleRequest, run: Run | null, now: Date): string | null {
  if (!hasOpenGrant(request) || isReverting(request) || coverOf(run, request.id, now)) return null;
  const seconds = Math.max(0, (Date.parse(request.hold.dueAt) - now.getTime()) / 1000);
  const step = seconds >= 600 ? 60 : 1;
  const left = seconds === 0 ? 'any moment now' : `in about ${formatDuration(Math.ceil(seconds / step) * step)}`;
  return `${dateToken(request.hold.dueAt)}, ${left}\nback to ${formatRate(nextRate(request, run, now))}`;
}

/** The rate that applies after a limit with an end, as far as is known now. */
export function nextRate({ hold }: ThrottleRequest & { hold: TimedGrant }, run: Run | null, now: Date): number {
  const next = nextLimit(run, now);
  return next?.at === hold.dueAt ? next.rate : hold.base;
}

/** For a request for more time that is not approved yet. */
export function extensionNote({ dueAt, totalSeconds }: Extension): string {
  return `No rate changes: the limit would stay until ${dateToken(dueAt)}, ${formatDuration(totalSeconds)} in all since it came into force. It holds for this one run only.`;
}

/** The change, for a headline. */
export function changeWords(request: ThrottleRequest): string {
  const { from, to, extends: more, durationSeconds } = request;
  if (!more) return `${formatRate(from)} → ${formatRate(to)}`;
  return `${formatRate(to)} for ${formatDuration(durationSeconds ?? 0)} more`;
}
