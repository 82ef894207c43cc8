import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../logging/logger.ts';
import { boltLogger } from '../../logging/logger.ts';

export interface SlackClients {
  /** For calls that a person waits for: short timeout, never queued behind a rate limit, never retried. */
  interactive: WebClient;
  /** For calls that can wait. The worker retries them, because a repeated post is a second message. */
  background: WebClient;
}

type Fetch = NonNullable<WebClientOptions['fetch']>;

const INTERACTIVE_MS = 2000;
const BACKGROUND_MS = 10_000;

export function createClients(
  token: string,
  apiUrl: string | null,
  log: Log,
  fetch: Fetch,
  backgroundMs = BACKGROUND_MS,
): SlackClients {
  const options: WebClientOptions = {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: boltLogger(log),
    fetch,
  };
  return {
    interactive: new WebClient(token, { ...options, timeout: INTERACTIVE_MS }),
    background: new WebClient(token, { ...options, timeout: backgroundMs }),
  };
}

/** Slack's error code, such as `channel_not_found`; null if Slack did not answer. */
export function slackError(fault: unknown): string | null {
  const data = fault instanceof Error && 'data' in fault ? (fault.data as { error?: unknown } | undefined) : undefined;
  return typeof data?.error === 'string' ? data.error : null;
}

/** The scope that the app was not granted; null for any other fault. */
export function missingScope(fault: unknown): string | null {
  if (slackError(fault) !== 'missing_scope') return null;
  const { needed } = (fault as { data: { needed?: unknown } }).data;
  return typeof needed === 'string' ? needed : 'unknown';
}

/** The seconds that Slack asks us to wait, if it limited our rate. */
export function retryAfter(fault: unknown): number | null {
  const seconds = fault instanceof Error && 'retryAfter' in fault ? fault.retryAfter : null;
  return typeof seconds === 'number' ? seconds : null;
}
