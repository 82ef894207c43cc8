import { ConfigurationError } from '../config/configuration-error.ts';
import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import { countingFetch } from '../ops/counted-calls.ts';
import type { Metrics } from '../ops/metrics.ts';
import { createSlackBudgets } from '../slack/budgets/slack-budgets.ts';
import { createClients } from '../slack/connection/clients.ts';
import { checkAppToken, identify, TokenRefused } from '../slack/connection/identify.ts';
import { fetchThrough, slackProxy } from '../slack/connection/slack-proxy.ts';
import { checkToken } from '../slack/connection/token-check.ts';
import { createSlackRetryAfter } from '../store/slack-state/slack-retry-after.ts';
import type { OpenRedis } from './open-redis.ts';

/** The clients of Slack's Web API, through the proxy where one is set, and whether Slack accepts the tokens. */
export function createSlackAccess({
  config,
  log,
  metrics,
  backgroundMs,
  slackMinuteMs,
  store: { redis, keys },
}: {
  config: Config;
  log: Log;
  metrics: Metrics;
  backgroundMs: number | undefined;
  slackMinuteMs: number | undefined;
  store: OpenRedis;
}) {
  const { mode, apiUrl, botToken } = config.slack;
  const proxy = slackProxy(config.proxy);
  const fetch = countingFetch(metrics, fetchThrough(proxy));
  const budgets = createSlackBudgets({ shared: createSlackRetryAfter(redis, keys), minuteMs: slackMinuteMs });
  const clients = createClients(botToken, apiUrl, log, fetch, backgroundMs, budgets);
  /** For the messages of requests: who sends them decides on their order and asks the budgets. */
  const posting = createClients(botToken, apiUrl, log, fetch, backgroundMs).background;
  const appClient = mode.kind === 'socket' ? createClients(mode.appToken, apiUrl, log, fetch).background : null;
  return {
    clients,
    posting,
    budgets,
    proxy,
    askToken: () => checkToken(clients.interactive),
    /** Begins to ask Slack who the bot is, and goes on asking a Slack that doesn't answer. `signal` and `stop` end that. */
    startIdentifying(signal: AbortSignal | undefined) {
      const stopped = new AbortController();
      const waiting = { log, signal: signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal };
      const identity = Promise.all([
        identify(clients.background, waiting),
        appClient && checkAppToken(appClient, waiting),
      ]).then(
        ([found]) => found,
        (fault: unknown) => {
          throw fault instanceof TokenRefused ? new ConfigurationError(fault.message, { cause: fault }) : fault;
        },
      );
      // The start looks at it only after other steps. Until then a rejection must not count as unhandled.
      identity.catch(() => undefined);
      return {
        /** Who the bot is in its workspace. Rejects with a ConfigurationError where Slack refuses a token, or the signal's reason. */
        identity,
        stop: () => stopped.abort(),
      };
    },
  };
}

export type SlackAccess = ReturnType<typeof createSlackAccess>;
