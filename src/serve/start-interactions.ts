import type { Config } from '../config/read-config.ts';
import type { Metrics } from '../ops/metrics.ts';
import { createSlackApp } from '../slack/app.ts';
import { httpListening, type Listening, socketListening } from '../slack/connection/receivers.ts';
import type { SlackProxy } from '../slack/connection/slack-proxy.ts';
import { createLookUps } from '../slack/context/look-ups.ts';
import { startHomeTabs } from '../slack/home-tabs.ts';
import type { Bot } from '../slack/listeners/bot.ts';
import type { InteractionTracker } from '../slack/listeners/interaction-tracker.ts';
import { createAbsences } from '../store/counters/absences.ts';
import { createOpenRequestQuota } from '../store/counters/open-request-quota.ts';
import { createUseCounter } from '../store/counters/use-counter.ts';
import { createOpenHomeTabs } from '../store/slack-state/open-home-tabs.ts';
import { newRequestId } from './new-request-id.ts';
import type { OpenRedis } from './open-redis.ts';
import { portFault } from './port-fault.ts';
import type { SlackAccess } from './slack-access.ts';
import type { GracePeriod } from './stop/grace-period.ts';

/**
 * Starts to take what people do in Slack, by HTTP or Socket Mode, and to refresh their Home tabs.
 * @throws ConfigurationError where PORT can't be listened on
 */
export async function startInteractions({
  config,
  env,
  store: { redis, keys },
  metrics,
  slack,
  unfinished,
  parts,
  host,
  grace,
}: {
  config: Config;
  env: NodeJS.ProcessEnv;
  store: OpenRedis;
  metrics: Metrics;
  slack: Pick<SlackAccess, 'proxy'>;
  unfinished: InteractionTracker;
  /** What other parts of the bot are to interactions. */
  parts: Omit<Bot, 'homeTabs' | 'absences' | 'newRequestId' | 'lookUps' | 'uses' | 'quota' | 'defaultRegion'>;
  host: string | undefined;
  grace: GracePeriod;
}) {
  const { mode, botToken } = config.slack;
  const withoutTabs: Omit<Bot, 'homeTabs'> = {
    ...parts,
    absences: createAbsences(redis, keys),
    newRequestId,
    lookUps: createLookUps(),
    uses: createUseCounter(redis, keys),
    quota: createOpenRequestQuota(redis, keys, parts.ledger),
    defaultRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? null,
  };
  const homeTabs = startHomeTabs(withoutTabs, createOpenHomeTabs(redis, keys, parts.clock));
  const bot: Bot = { ...withoutTabs, homeTabs };
  const listening = listenTo(config, { proxy: slack.proxy, log: bot.log, host });
  createSlackApp({
    bot,
    receiver: listening.receiver,
    unfinished,
    token: botToken,
    onInteraction: (kind, outcome) => metrics.interactions.inc({ kind, outcome }),
    onAck: (kind, seconds) => metrics.interactionAck.observe({ kind }, seconds),
  });
  const port = await listening.start().catch((fault: unknown) => {
    homeTabs.stop();
    throw mode.kind === 'http' ? portFault('PORT', mode.port, fault) : fault;
  });
  return {
    bot,
    /** Null in Socket Mode. */
    port,
    state: listening.state,
    stop(): Promise<void> {
      homeTabs.stop();
      return grace.wait(listening.stop());
    },
  };
}

function listenTo(
  { slack: { mode, apiUrl } }: Config,
  { proxy, log, host }: { proxy: SlackProxy | null; log: Bot['log']; host: string | undefined },
): Listening {
  return mode.kind === 'http'
    ? httpListening(mode.signingSecret, mode.port, log, host)
    : socketListening(mode.appToken, apiUrl, proxy, log);
}
