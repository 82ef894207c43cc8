import type { Log } from '../../logging/logger.ts';
import type { SlackClients } from '../connection/clients.ts';
import type { MessageView } from '../views/text/text.ts';
import { reply } from './reply.ts';

/**
 * Answers in the same channel, visible to that person only. Without a response URL, or once it has expired, the answer
 * goes to their direct messages: the outcome of a write may be known only after the URL's 30 minutes.
 */
export async function replyPrivately(
  deps: { clients: SlackClients; log: Log },
  user: string,
  responseUrl: string | undefined,
  message: MessageView | string,
): Promise<void> {
  if (!responseUrl) return sendDirectMessage(deps, user, message);
  try {
    await reply(responseUrl, message);
  } catch (err) {
    deps.log.info({ err, user }, 'not answered where they asked, so told directly');
    await sendDirectMessage(deps, user, message);
  }
}

/** For a person who can't be answered in a channel, a modal or through a response URL. */
export async function sendDirectMessage(
  { clients }: { clients: SlackClients },
  user: string,
  message: MessageView | string,
): Promise<void> {
  const content = typeof message === 'string' ? { text: message } : message;
  await clients.background.chat.postMessage({ channel: user, ...content });
}
