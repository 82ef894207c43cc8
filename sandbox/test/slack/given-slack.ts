import { type ErrorCode, WebClient } from '@slack/web-api';
import { afterEach, beforeEach } from 'vitest';
import { type LocalSlack, type LocalSlackOptions, startSlack } from '../../slack/local-slack.ts';

let now = Date.now();
export let slack: LocalSlack;
export let client: WebClient;

/** Each test has a Slack of its own, and a client with its bot's token. */
export function givenSlack(): void {
  beforeEach(() => startAnew());
  afterEach(() => slack.stop());
}

/** Starts a Slack in place of the one before, if there was one: that is to be stopped already. */
export async function startAnew(seed: LocalSlackOptions['seed'] = {}): Promise<void> {
  now = Date.now();
  slack = await startSlack({ now: () => now, seed });
  client = as(slack.seed.app.botToken);
}

export function passTime(ms: number): void {
  now += ms;
}

export function as(token: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2000,
  });
}

/** What a refused call says: Slack's error and the rest of its answer. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof Error && 'data' in fault) return fault.data as Record<string, unknown>;
    if (fault instanceof Error) return { code: 'code' in fault ? (fault.code as ErrorCode) : '', fault: fault.message };
  }
  throw new Error('was not refused');
}

export const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const modal = (title = 'Hello') => ({ type: 'modal' as const, title: plain(title), blocks: [section('hi')] });
