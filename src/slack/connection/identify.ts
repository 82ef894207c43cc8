import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../../logging/logger.ts';
import { slackError } from './clients.ts';

/** The bot's identity in its workspace. */
export interface Identity {
  team: string;
  /** The organisation of an Enterprise Grid that the workspace is in; null = none. */
  enterprise: string | null;
  botUser: string;
  botId: string;
  appId: string;
}

const AGAIN_MS = 2000;
/** Slack rejects the token, so trying again is pointless. */
export const TOKEN_REFUSALS: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
]);

/** Whether this Slack error means that the token is rejected. */
export const isTokenRefusal = (error: string): boolean => TOKEN_REFUSALS.has(error);

/** Slack rejects the token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** `signal` aborts the wait, with its reason. */
interface Waiting {
  log: Log;
  signal: AbortSignal;
}

/**
 * Looks up the bot's identity. Waits while Slack is unavailable.
 * @throws TokenRefused, the signal's reason
 */
export async function identify(client: WebClient, waiting: Waiting): Promise<Identity> {
  return taken('SLACK_BOT_TOKEN', () => look(client), waiting);
}

/**
 * Checks the app-level token of Socket Mode, because the Socket Mode client would retry a wrong one forever.
 * @throws TokenRefused, the signal's reason
 */
export async function checkAppToken(client: WebClient, waiting: Waiting): Promise<void> {
  await taken('SLACK_APP_TOKEN', () => client.apps.connections.open({}), waiting);
}

async function taken<T>(token: string, ask: () => Promise<T>, { log, signal }: Waiting): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Nobody awaits this any more once the token is accepted.
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
