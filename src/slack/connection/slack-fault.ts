import { retryAfter, slackError } from './clients.ts';

/**
 * What a failed call to Slack means for trying again.
 * - `wait`: a rate limit
 * - `no-answer`: nobody said anything; it may have been carried out
 * - `refused`: Slack, or something in between, said no. `patience` says for how long that may still change by itself
 */
export type SlackVerdict =
  | { kind: 'wait'; seconds: number }
  | { kind: 'no-answer' }
  | { kind: 'refused'; error: string; patience: Patience };

/** `none`: the same for ever. `few`: not a name that is known here. `day`: passing trouble, or something that people repair. */
type Patience = 'none' | 'few' | 'day';

/** Trouble of Slack's own (docs.slack.dev/reference/methods/chat.postMessage), which may also have carried the call out. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'org_login_required',
]);
/** The app or its token is to be put right, for every message alike. */
const APP = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
  'accesslimited',
  'two_factor_setup_required',
  'app_uninstalled',
]);
/** About this channel or this message: it stays so until a person changes the channel. */
const FINAL = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'ekm_access_denied',
  'team_access_not_granted',
  'messages_tab_disabled',
  'cannot_dm_bot',
  'user_not_found',
  'user_disabled',
  'thread_locked',
]);

const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Null: no fault of a call to Slack. What Slack says no with is an open list, so an unknown name is a no too. */
export function slackVerdict(fault: unknown): SlackVerdict | null {
  const seconds = retryAfter(fault);
  if (seconds !== null) return { kind: 'wait', seconds };
  const error = slackError(fault);
  if (error !== null) return { kind: 'refused', error, patience: patienceWith(error) };
  const status = httpStatus(fault);
  // Slack answers 200 with `ok: false`: another 4xx is of a proxy, or of an address that is not Slack's.
  if (status !== null && status < 500 && status !== 408) {
    return { kind: 'refused', error: `HTTP ${status}`, patience: 'day' };
  }
  return status !== null || isUnanswered(fault) ? { kind: 'no-answer' } : null;
}

/** Whether Slack may have posted the message although the call failed. */
export function mayBePosted(fault: unknown): boolean {
  const verdict = slackVerdict(fault);
  if (verdict === null || verdict.kind === 'no-answer') return true;
  return verdict.kind === 'refused' && PASSING.has(verdict.error);
}

/** Slack takes no edit of the message any more: deleted, or too old. */
export function isGone(fault: unknown): boolean {
  return GONE.has(slackError(fault) ?? '');
}

/** Tries in a row that Slack answered with the same no. */
export interface Refusals {
  times: number;
  /** Between the first and the last of them. */
  seconds: number;
}

const FEW = 5;
const DAY_SECONDS = 86_400;

/** Whether another try has no sense any more. */
export function isFinal(patience: Patience, { times, seconds }: Refusals): boolean {
  switch (patience) {
    case 'none':
      return true;
    case 'few':
      return times >= FEW;
    case 'day':
      return seconds >= DAY_SECONDS;
  }
}

function patienceWith(error: string): Patience {
  if (PASSING.has(error) || APP.has(error)) return 'day';
  return FINAL.has(error) || error.startsWith('restricted_action') ? 'none' : 'few';
}

function httpStatus(fault: unknown): number | null {
  const status = fault instanceof Error && 'statusCode' in fault ? fault.statusCode : null;
  return typeof status === 'number' ? status : null;
}

function isUnanswered(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'slack_webapi_request_error';
}
