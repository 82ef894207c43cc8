import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../logging/logger.ts';
import { boltLogger } from '../../logging/logger.ts';

export interface SlackClients {
  /** For what a person waits for: short, never queued behind a rate limit, never repeated. */
  interactive: WebClient;
  /** For what may wait. Repeats are the worker's, since a repeated post is a second message. */
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

/** Slack's own name of an error, such as `channel_not_found`; null where Slack did not answer at all. */
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

/** Seconds that Slack asks to wait, where it was a rate limit. */
export function retryAfter(fault: unknown): number | null {
  const seconds = fault instanceof Error && 'retryAfter' in fault ? fault.retryAfter : null;
  return typeof seconds === 'number' ? seconds : null;
}
