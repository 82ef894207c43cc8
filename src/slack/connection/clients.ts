import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../logging/logger.ts';
import { boltLogger } from '../../logging/logger.ts';
import { BudgetedClient } from '../budgets/budgeted-client.ts';
import { CallDeferred } from '../budgets/call-deferred.ts';
import type { SlackBudgets } from '../budgets/slack-budgets.ts';

export interface SlackClients {
  /** For calls that a person waits for: short timeout, hardly ever queued, never retried. */
  interactive: WebClient;
  /** For what is only shown: a call is made at once or not at all, so that it holds up no call that a decision needs. */
  optional: WebClient;
  /** For calls that can wait. The worker retries them, because a repeated post is a second message. */
  background: WebClient;
}

type Fetch = NonNullable<WebClientOptions['fetch']>;

const INTERACTIVE_MS = 2000;
const BACKGROUND_MS = 10_000;
/** How long a call may wait for its turn before it is sent. */
const INTERACTIVE_WAIT_MS = 1000;
const BACKGROUND_WAIT_MS = 5000;

/** `budgets` null: no call waits for its turn. */
export function createClients(
  token: string,
  apiUrl: string | null,
  log: Log,
  fetch: Fetch,
  backgroundMs = BACKGROUND_MS,
  budgets: SlackBudgets | null = null,
): SlackClients {
  const options: WebClientOptions = {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: boltLogger(log),
    fetch,
  };
  const interactive = { ...options, timeout: INTERACTIVE_MS };
  const background = { ...options, timeout: backgroundMs };
  if (!budgets) {
    const client = new WebClient(token, interactive);
    return { interactive: client, optional: client, background: new WebClient(token, background) };
  }
  return {
    interactive: new BudgetedClient(token, interactive, (to, call) => budgets.runOnce(to, INTERACTIVE_WAIT_MS, call)),
    optional: new BudgetedClient(token, interactive, async (to, call) => {
      const answer = await budgets.runOptional(to, call);
      if (answer === null) throw new CallDeferred(to.method, 0);
      return answer;
    }),
    background: new BudgetedClient(token, background, (to, call) => budgets.runOnce(to, BACKGROUND_WAIT_MS, call)),
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
