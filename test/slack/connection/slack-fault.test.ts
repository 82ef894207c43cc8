import { describe, expect, it } from 'vitest';
import { isFinal, mayBePosted, slackVerdict } from '../../../src/slack/connection/slack-fault.ts';

const said = (error: string) =>
  Object.assign(new Error(error), { code: 'slack_webapi_platform_error', data: { error } });
const http = (statusCode: number) => Object.assign(new Error('http'), { code: 'slack_webapi_http_error', statusCode });
const unanswered = Object.assign(new Error('reset'), { code: 'slack_webapi_request_error' });
const limited = Object.assign(new Error('slow down'), { code: 'slack_webapi_rate_limited_error', retryAfter: 7 });

describe('what a failed call to Slack means', () => {
  it.each([
    'channel_not_found',
    'is_archived',
    'not_in_channel',
    'msg_too_long',
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'restricted_action_thread_locked',
    'restricted_action_non_threadable_channel',
    'team_access_not_granted',
    'ekm_access_denied',
    'messages_tab_disabled',
    'restricted_action_of_tomorrow',
  ])('%s stays as it is', (error) => {
    expect(slackVerdict(said(error))).toEqual({ kind: 'refused', error, patience: 'none' });
    expect(mayBePosted(said(error))).toBe(false);
  });

  it.each(['as_user_not_supported', 'something_new_of_2027'])(
    '%s, which is not known here, is a no after a few tries',
    (error) => {
      expect(slackVerdict(said(error))).toEqual({ kind: 'refused', error, patience: 'few' });
    },
  );

  it.each(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])(
    '%s may pass, and may have been carried out',
    (error) => {
      expect(slackVerdict(said(error))).toEqual({ kind: 'refused', error, patience: 'day' });
      expect(mayBePosted(said(error))).toBe(true);
    },
  );

  it.each(['invalid_auth', 'token_revoked', 'missing_scope'])('%s is repaired by people', (error) => {
    expect(slackVerdict(said(error))).toEqual({ kind: 'refused', error, patience: 'day' });
    expect(mayBePosted(said(error))).toBe(false);
  });

  it('distinguishes silence, rate limits and proxies', () => {
    expect(slackVerdict(limited)).toEqual({ kind: 'wait', seconds: 7 });
    expect(slackVerdict(unanswered)).toEqual({ kind: 'no-answer' });
    expect(slackVerdict(http(503))).toEqual({ kind: 'no-answer' });
    expect(slackVerdict(http(407))).toEqual({ kind: 'refused', error: 'HTTP 407', patience: 'day' });
    expect(slackVerdict(new TypeError('ours'))).toBeNull();
    expect([limited, unanswered, http(503), http(407)].map(mayBePosted)).toEqual([false, true, true, false]);
  });

  it('is given up at once, after five tries, or after a day', () => {
    const first = { times: 1, seconds: 0 };
    expect(isFinal('none', first)).toBe(true);
    expect([4, 5].map((times) => isFinal('few', { times, seconds: 1 }))).toEqual([false, true]);
    expect([86_399, 86_400].map((seconds) => isFinal('day', { times: 3000, seconds }))).toEqual([false, true]);
  });
});
