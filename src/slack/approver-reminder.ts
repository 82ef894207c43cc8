import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { type CardLinkDeps, linkOf } from './card-links.ts';
import { retryAfter, slackError } from './clients.ts';
import { sendDirectMessage } from './private-replies.ts';
import { reminderMessage } from './views/reminder.ts';

/** Reminds an approver by direct message. If Slack did not answer, the message may have been sent: it is not sent again. */
export function createApproverReminder(deps: CardLinkDeps, seal: (request: string) => string) {
  return async (user: string, request: ThrottleRequest): Promise<'sent' | 'never' | { wait: number }> => {
    const card = await linkOf(deps, request.id);
    try {
      await sendDirectMessage(deps, user, reminderMessage({ request, card, seal }));
      return 'sent';
    } catch (err) {
      const wait = retryAfter(err);
      if (wait !== null) return { wait };
      deps.log.warn({ err, user, request: request.id, slack: slackError(err) }, 'an approver could not be reminded');
      return 'never';
    }
  };
}
