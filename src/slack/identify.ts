import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../log.ts';
import type { Identity } from './bot.ts';
import { slackError } from './clients.ts';

const AGAIN_MS = 2000;
/** Slack says no to the token: no use to ask again. */
const REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
]);

/** The token is not one that Slack takes. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/**
 * Who the bot is in its workspace. Waits for Slack where it is away.
 * @throws TokenRefused
 */
export async function identify(client: WebClient, log: Log): Promise<Identity> {
  for (;;) {
    try {
      return await look(client);
    } catch (cause) {
      const error = slackError(cause);
      if (error && REFUSED.has(error)) throw new TokenRefused(`Slack refuses SLACK_BOT_TOKEN: ${error}`, { cause });
      log.error({ err: cause }, 'Slack does not say who the bot is yet: waiting for it');
      await sleep(AGAIN_MS);
    }
  }
}

async function look(client: WebClient): Promise<Identity> {
  const { team_id: team, user_id: botUser, bot_id: botId } = await client.auth.test();
  if (!team || !botUser || !botId) throw new TokenRefused('SLACK_BOT_TOKEN is not the token of a bot');
  const { bot } = await client.bots.info({ bot: botId });
  if (!bot?.app_id) throw new Error('bots.info answered without an app');
  return { team, botUser, botId, appId: bot.app_id };
}
