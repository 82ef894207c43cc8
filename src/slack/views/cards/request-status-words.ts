import { formatRate } from '../../../domain/rate/rate.ts';
import type { Ending, FailedWhy, StaleWhy, ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { mayHaveTakenEffect } from '../../../domain/run/change/sending.ts';
import { hasOpenGrant } from '../../../domain/run/grant/timed-grant.ts';
import { coverOf } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import { count } from '../../../domain/text/count.ts';
import { awsQuote } from '../text/aws-quote.ts';
import { shortName } from '../text/execution-words.ts';
import { personName } from '../text/people-words.ts';
import { dateToken, escapeText } from '../text/text.ts';
import { deferralWords, noPermission } from './aws-refusal-words.ts';
import { cappedWords } from './capped-words.ts';
import {
  appliesAgainSince,
  coveredWords,
  ENDED_OUTSIDE,
  extendedUntil,
  hasEndedOutside,
  stillCoveredWords,
} from './covered-words.ts';
import { changeWords, extendedWords, limitStatusWords, nextRate } from './limit-status-words.ts';

export interface RequestStatusWords {
  /** One line with the most important fact; mrkdwn, preceded by an emoji. */
  headline: string;
  /** What it means and what to do next; mrkdwn. Null if the headline is enough. */
  sentence: string | null;
  /** The headline for `text`: no emoji, no formatting, escaped. */
  plainHeadline: string;
}

interface State {
  emoji: 'hourglass_flowing_sand' | 'white_check_mark' | 'no_entry' | 'warning';
  state: string;
  sentence: string | null;
}

/** What is known about the limit besides the request itself. */
export interface LimitNow {
  /** The request that set the current limit of the execution, if known. */
  limitSetBy?: string | null;
  /** That request, if it is not this one. */
  running?: ThrottleRequest | null;
  /** Null: not looked up, or the bot has not changed it. */
  run?: Run | null;
  now?: Date | null;
  /** Why AWS does not answer; mrkdwn. */
  problem?: string | null;
  /** The execution has ended. */
  runOver?: boolean;
}

/** The status of a request. */
export function requestStatusWords(request: ThrottleRequest, limit: LimitNow = {}): RequestStatusWords {
  const { emoji, state, sentence } = otherLimit(request, limit) ?? words(request, limit);
  const name = shortName({ taskName: request.taskName, arn: request.execution });
  const change = `${name}, ${changeWords(request)}`;
  return {
    headline: `:${emoji}: *${state}*: ${change}`,
    sentence,
    plainHeadline: `${state}: ${change}. Asked by ${personName(request.requester)}.`,
  };
}

function words(request: ThrottleRequest, limit: LimitNow): State {
  const { ending } = request;
  switch (request.status) {
    case 'pending': {
      const left = Math.max(1, request.approvalsNeeded - request.approvals.length);
      const more =
        request.approvals.length > 0
          ? `${left} more ${left === 1 ? 'approval' : 'approvals'}`
          : count(left, 'approval');
      return { emoji: 'hourglass_flowing_sand', state: `Waiting for ${more}`, sentence: null };
    }
    case 'approved': {
      const agreed = request.approvalsNeeded === 0 ? 'No approval needed' : 'Agreed';
      const sentence = `The bot sets it at AWS as soon as it can. Not done by ${dateToken(request.expiresAt)}, it expires.`;
      return { emoji: 'hourglass_flowing_sand', state: `${agreed}, not yet in force`, sentence };
    }
    case 'applying':
      return applying(request);
    case 'applied':
      return applied(request, limit);
    case 'failed':
      return ending?.why === 'unseen'
        ? {
            emoji: 'warning',
            state: 'Sent to AWS, not known whether it is in force',
            sentence: failedSentence(request),
          }
        : { emoji: 'no_entry', state: 'Failed', sentence: failedSentence(request) };
    case 'stale':
      return { emoji: 'warning', state: 'Out of date, nothing was sent to AWS', sentence: staleSentence(request) };
    case 'denied': {
      const sentence = `By ${personName(ending?.by ?? null)}${when(ending)}. Nothing was sent to AWS.`;
      return { emoji: 'no_entry', state: 'Denied', sentence };
    }
    case 'cancelled': {
      const sentence = `By ${personName(ending?.by ?? null)}${when(ending)}. Nothing was sent to AWS.`;
      return { emoji: 'no_entry', state: 'Cancelled', sentence };
    }
    case 'expired':
      return { emoji: 'no_entry', state: 'Expired, nothing was sent to AWS', sentence: expiredSentence(request) };
  }
}

/** Null: its own limit applies, or nothing is known of another. */
function otherLimit(
  request: ThrottleRequest,
  { limitSetBy = null, running = null, run = null, now }: LimitNow,
): State | null {
  if (request.status !== 'applied' || request.hold?.end || limitSetBy === null || limitSetBy === request.id)
    return null;
  const until = extendedUntil(request, running);
  if (until) return extendedWords(limitSetBy, until);
  if (run === null) return null;
  if (hasEndedOutside(request, run)) return ENDED_OUTSIDE;
  const cover = coverOf(run, request.id, now ?? new Date(0));
  if (cover) return coveredWords(cover, request.hold?.dueAt ?? null);
  return run.inForce?.request === limitSetBy ? stillCoveredWords(limitSetBy) : null;
}

function applied(request: ThrottleRequest, { now = null, problem = null, run = null, runOver }: LimitNow): State {
  const { ending, hold, drift, to } = request;
  const again = appliesAgainSince(request, run);
  const since = again
    ? `Applies again since ${dateToken(again)}: a newer limit has ended.`
    : `Read back from AWS${when(ending)}.`;
  if (drift && !(hold?.end && hold.end.at > drift.at && hold.end.why !== 'changed'))
    return changedOutside(drift, request);
  if (!hold && runOver)
    return { emoji: 'white_check_mark', state: 'Was in force until the run ended', sentence: since };
  const capped = cappedWords(request, run, now);
  const inForceSince = capped ? `${since} ${capped}` : since;
  if (!hold) return { emoji: 'white_check_mark', state: 'In force', sentence: inForceSince };
  const next = now && hasOpenGrant(request) ? nextRate(request, run, now) : null;
  const { emoji, state, sentence } = limitStatusWords({ hold, to, now, problem, next });
  return { emoji, state, sentence: `${hold.end ? '' : `${inForceSince} `}${sentence}` };
}

function changedOutside({ rate, at }: NonNullable<ThrottleRequest['drift']>, { to }: ThrottleRequest): State {
  return {
    emoji: 'warning',
    state: 'Limit changed outside the bot',
    sentence: `Someone set ${formatRate(rate)} by console or CLI (seen ${dateToken(at)}). The limit of ${formatRate(to)} has ended. ${formatRate(rate)} stays until someone changes it: request the limit you need.`,
  };
}

function applying({ apply }: ThrottleRequest): State {
  if (apply?.unknownSince) {
    const { refused } = apply;
    const why = refused
      ? `AWS does not let the bot look: ${noPermission(refused.action, refused.role)}`
      : 'AWS has not told';
    const sentence = `${why}, since ${dateToken(apply.unknownSince)}.${awsQuote(refused?.said)} The bot goes on asking, and says here what came of it.`;
    return { emoji: 'warning', state: 'Sent to AWS, not known yet whether it is in force', sentence };
  }
  if (apply?.putOff && mayHaveTakenEffect(apply.putOff)) {
    const sentence = `${deferralWords(apply.putOff, apply.role)} We check it, and send it again if AWS doesn’t show it.`;
    return { emoji: 'warning', state: 'Sent to AWS, not known yet whether it is in force', sentence };
  }
  if (apply?.putOff) {
    const sentence = `${deferralWords(apply.putOff, apply.role)} The bot goes on trying; the limit is as it was.`;
    return { emoji: 'hourglass_flowing_sand', state: 'Put off by AWS, not yet in force', sentence };
  }
  const since = apply ? ` Sent ${dateToken(apply.sentAt)}${apply.attempt > 1 ? `, try ${apply.attempt}` : ''}.` : '';
  return {
    emoji: 'hourglass_flowing_sand',
    state: 'Sent to AWS, waiting for AWS to show it',
    sentence: `A change takes effect within about a minute.${since}`,
  };
}

const FAILED: Readonly<Record<FailedWhy, (request: ThrottleRequest) => string>> = {
  denied: (request) => `AWS refused: ${permission(request)}. Have it allowed, then ask again.`,
  unseen: (request) => {
    const sent = request.apply
      ? `The change was sent to AWS ${dateToken(request.apply.sentAt)}`
      : 'The change was sent';
    const back = request.durationSeconds === null ? '' : ' If it is in force, nothing sets it back by itself.';
    return `${sent}, but AWS no longer lets the bot look (${permission(request)}): it is not known which limit is in force.${back} See the run in the AWS console; have the bot allowed to look before asking again.`;
  },
  rejected: () => 'AWS rejected the change as invalid. See the run in the AWS console before asking again.',
  ended: () => 'The run ended, or was being cancelled, before AWS showed the new limit.',
  'other-rate': () =>
    'Somebody set another limit meanwhile, outside of this request. Find out who before asking again.',
  ignored: ({ apply, mode }) =>
    `The change was sent to AWS ${count(apply?.attempt ?? 1, 'time')}, and AWS still shows the old limit.${
      mode === 'ENHANCED' ? ' The task is in Enhanced mode, where limits may not apply.' : ''
    }`,
  'not-found': () => 'AWS does not know this run any more, so the change can’t be in force.',
  'not-approved': () =>
    'AWS did not carry it out at first, and by now its approvals don’t count any more: the policy or the limits of this execution have changed. It was not sent again. Request it anew.',
};

function permission({ apply, ending }: ThrottleRequest): string {
  const role = ending?.refused ? ending.refused.role : apply?.role;
  return noPermission(ending?.refused?.action ?? 'datasync:UpdateTaskExecution', role ?? null);
}

/** Why a change failed after it was begun, which limit applies now, and what to do. */
export function failedSentence(request: ThrottleRequest): string {
  const { ending } = request;
  const why = ending?.why ?? '';
  const words = isKey(FAILED, why)
    ? FAILED[why](request)
    : `The change did not come to be (${escapeText(why) || 'reason not known'}).`;
  return `${words}${awsQuote(ending?.refused?.said)}${inForce(ending)}`;
}

const STALE: Readonly<Record<StaleWhy, string>> = {
  policy: 'The policy, or somebody’s place in it, has changed since: what was agreed doesn’t count any more.',
  rate: 'The limit was changed meanwhile, so this is not the change that was asked for.',
  status: 'The run has ended, or its limit can’t be changed any more.',
  timer: 'The time that it was to lengthen is over, or another request has taken its place.',
};

/** Why a request ended before anything was sent, and which limit applies now. */
export function staleSentence({ ending }: ThrottleRequest): string {
  const why = ending?.why ?? '';
  return `${isKey(STALE, why) ? STALE[why] : 'What was asked doesn’t hold any more.'}${inForce(ending)}`;
}

export function expiredSentence(request: ThrottleRequest): string {
  const agreed = request.approvals.length >= request.approvalsNeeded;
  const what = agreed ? 'It was agreed, but could not be set in time' : 'Not agreed in time';
  const left = request.extends ? 'The time that ran was left as it was.' : 'The limit was left as it was.';
  const end = request.until === request.expiresAt ? ' That is when the limit itself was to end.' : '';
  return `${what}: its time was over${when(request.ending)}.${end} ${left}`;
}

function inForce(ending: Ending | null): string {
  return ending?.rate == null ? '' : ` Last read back from AWS: ${formatRate(ending.rate)}.`;
}

function when(ending: Ending | null): string {
  return ending ? ` ${dateToken(ending.at)}` : '';
}

function isKey<K extends string>(table: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(table, key);
}
