import type { ChatPostMessageArguments, ChatUpdateArguments, WebClient } from '@slack/web-api';
import type { QueuedCall } from '../budgets/call-queue.ts';
import type { SlackBudgets } from '../budgets/slack-budgets.ts';

/** Links in the bot's messages show no preview. */
const NO_UNFURL = { unfurl_links: false, unfurl_media: false };

const postTo = (channel: string) => ({ method: 'chat.postMessage', channel });
const editIn = (channel: string) => ({ method: 'chat.update', channel });

/**
 * Posts and edits the messages of requests, within the budgets of both methods. `client`: one that does not ask the budgets
 * itself, since the messages have places and priorities of their own.
 */
export function createMessageSender(client: WebClient, budgets: SlackBudgets) {
  return {
    /** Called before a message is built, which costs look-ups. @throws CallDeferred if it could not be sent soon */
    reservePost: (call: QueuedCall, channel: string) => budgets.reserve(postTo(channel), call),
    reserveEdit: (call: QueuedCall, channel: string) => budgets.reserve(editIn(channel), call),
    /** @throws CallDeferred if it can't be sent soon */
    post: (call: QueuedCall, message: ChatPostMessageArguments) =>
      budgets.run(postTo(message.channel), call, () => client.chat.postMessage({ ...message, ...NO_UNFURL })),
    edit: (call: QueuedCall, message: ChatUpdateArguments) =>
      budgets.run(editIn(message.channel), call, () => client.chat.update(message)),
    /** Shows progress: sent at once, or left out (null) where that would hold up another edit. */
    editLive: (message: ChatUpdateArguments) =>
      budgets.runOptional(editIn(message.channel), () => client.chat.update(message)),
  };
}

export type MessageSender = ReturnType<typeof createMessageSender>;
