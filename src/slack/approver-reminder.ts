import type { ThrottleRequest } from '../domain/request/throttle-request.ts';
import { type SlackClients, slackError } from './connection/clients.ts';
import { retryAfter } from './connection/retry-after.ts';
import { type CardLinkDeps, linkOf } from './posting/card-links.ts';
import { sendDirectMessage } from './replies/private-replies.ts';
import { reminderMessage } from './views/cards/reminder.ts';

/** Reminds an approver by direct message. If Slack did not answer, the message may have been sent: it is not sent again. */
export function createApproverReminder(
  deps: CardLinkDeps & { clients: SlackClients },
  seal: (request: string) => string,
) {
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
