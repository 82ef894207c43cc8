import { slackError } from './clients.ts';
import { TOKEN_REFUSALS } from './identify.ts';
import { retryAfter } from './retry-after.ts';

/**
 * Whether a failed call to Slack should be tried again.
 * - `wait`: rate limited
 * - `no-answer`: no response, so the call may have been carried out
 * - `refused`: Slack, or something in between, refused. `patience` says for how long that may still change
 */
export type SlackVerdict =
  | { kind: 'wait'; seconds: number }
  | { kind: 'no-answer' }
  | { kind: 'refused'; error: string; patience: Patience };

/**
 * How long a refusal may be temporary. `none`: never. `few`: an error that is not known here, a few tries. `day`:
 * temporary trouble, or something that people fix.
 */
type Patience = 'none' | 'few' | 'day';

/**
 * Internal trouble of Slack (docs.slack.dev/reference/methods/chat.postMessage), after which the call may have been
 * carried out.
 */
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
/** The app or its token has to be fixed; all messages are affected. */
const APP = new Set([...TOKEN_REFUSALS, 'accesslimited', 'two_factor_setup_required', 'app_uninstalled']);
/** Errors about this channel or message, which persist until a person changes the channel. */
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

/** Null: not a failed call to Slack. Slack's error codes are an open list, so an unknown code is a refusal too. */
export function slackVerdict(fault: unknown): SlackVerdict | null {
  const seconds = retryAfter(fault);
  if (seconds !== null) return { kind: 'wait', seconds };
  const error = slackError(fault);
  if (error !== null) return { kind: 'refused', error, patience: patienceWith(error) };
  const status = httpStatus(fault);
  // Slack answers with status 200 and `ok: false`, so another 4xx comes from a proxy or from a host that is not
  // Slack's.
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

/** Whether a call failed because Slack, or the way to it, is away, or because the app has to be fixed: so do all others. */
export function isSlackOutage(fault: unknown): boolean {
  const verdict = slackVerdict(fault);
  return verdict !== null && (verdict.kind !== 'refused' || verdict.patience === 'day');
}

/** The message can no longer be edited: it was deleted or is too old. */
export function isGone(fault: unknown): boolean {
  return GONE.has(slackError(fault) ?? '');
}

/** Consecutive tries that Slack refused with the same error. */
export interface Refusals {
  times: number;
  /** Time between the first and the last of them. */
  seconds: number;
}

const FEW = 5;
const DAY_SECONDS = 86_400;

/** Whether trying again is pointless. */
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
