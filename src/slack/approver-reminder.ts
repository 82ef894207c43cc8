import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { Bot } from './bot.ts';
import { retryAfter, slackError } from './clients.ts';
import { sendDirectMessage } from './error-replies.ts';
import { linkOf } from './links.ts';
import { reminderMessage } from './views/reminder.ts';

/** Reminds one approver in their direct messages. Where Slack did not answer it may have been said: so not again. */
export function createApproverReminder(bot: Pick<Bot, 'cards' | 'clients' | 'log'>, seal: (request: string) => string) {
  return async (user: string, request: ThrottleRequest): Promise<'sent' | 'never' | { wait: number }> => {
    const card = await linkOf(bot, request.id);
    try {
      await sendDirectMessage(bot, user, reminderMessage({ request, card, seal }));
      return 'sent';
    } catch (err) {
      const wait = retryAfter(err);
      if (wait !== null) return { wait };
      bot.log.warn({ err, user, request: request.id, slack: slackError(err) }, 'an approver could not be reminded');
      return 'never';
    }
  };
}
