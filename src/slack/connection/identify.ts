import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../../logging/logger.ts';
import { slackError } from './clients.ts';

/** Who the bot is in its workspace. */
export interface Identity {
  team: string;
  /** The organisation of an Enterprise Grid that the workspace is in; null = none. */
  enterprise: string | null;
  botUser: string;
  botId: string;
  appId: string;
}

const AGAIN_MS = 2000;
/** Slack says no to the token: no use to ask again. */
const REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
]);

/** Whether this error of Slack's says that it does not take the token. */
export const isTokenRefusal = (error: string): boolean => REFUSED.has(error);

/** The token is not one that Slack takes. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** `signal` ends the wait, with its reason. */
interface Waiting {
  log: Log;
  signal: AbortSignal;
}

/**
 * Who the bot is in its workspace. Waits for Slack where it is away.
 * @throws TokenRefused, the signal's reason
 */
export async function identify(client: WebClient, waiting: Waiting): Promise<Identity> {
  return taken('SLACK_BOT_TOKEN', () => look(client), waiting);
}

/**
 * Whether Slack takes the app-level token, of Socket Mode: its own client would try a wrong one over and over.
 * @throws TokenRefused, the signal's reason
 */
export async function checkAppToken(client: WebClient, waiting: Waiting): Promise<void> {
  await taken('SLACK_APP_TOKEN', () => client.apps.connections.open({}), waiting);
}

async function taken<T>(token: string, ask: () => Promise<T>, { log, signal }: Waiting): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Once the token is taken nobody waits for it.
  stopped.catch(() => undefined);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await Promise.race([ask(), stopped]);
    } catch (cause) {
      signal.throwIfAborted();
      const error = slackError(cause);
      if (error && isTokenRefusal(error)) throw new TokenRefused(`Slack refuses ${token}: ${error}`, { cause });
      if (cause instanceof TokenRefused) throw cause;
      log.error({ err: cause, token }, 'Slack does not say whether it takes a token: waiting for it');
      await Promise.race([sleep(AGAIN_MS), stopped]);
    }
  }
}

async function look(client: WebClient): Promise<Identity> {
  const { team_id: team, enterprise_id: enterprise = null, user_id: botUser, bot_id: botId } = await client.auth.test();
  if (!team || !botUser || !botId) throw new TokenRefused('SLACK_BOT_TOKEN is not the token of a bot');
  const { bot } = await client.bots.info({ bot: botId });
  if (!bot?.app_id) throw new Error('bots.info answered without an app');
  return { team, enterprise, botUser, botId, appId: bot.app_id };
}
