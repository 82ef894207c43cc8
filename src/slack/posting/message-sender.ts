import type { ChatPostMessageArguments, ChatUpdateArguments, WebClient } from '@slack/web-api';
import type { Lane, QueuedCall, RateLimiter } from './rate-limiter.ts';

/** Slack takes about one message a second in a channel, and short bursts above that. */
const POST_EVERY_MS = 1000;
const POST_BURST = 5;
/** `chat.update` is limited to 50 calls a minute in the whole workspace: relative to the time between two posts. */
const EDIT_EVERY = 1.2;
const EDIT_BURST = 10;
/** Links in the bot's messages show no preview. */
const NO_UNFURL = { unfurl_links: false, unfurl_media: false };
/** More than one, so that an edit that hangs does not hold up the others. */
const EDITS_AT_ONCE = 4;

/** Posts and edits messages within Slack's rate limits. `postEveryMs`: shorter in tests. */
export function createMessageSender(client: WebClient, limiter: RateLimiter, postEveryMs = POST_EVERY_MS) {
  const edits: Lane = {
    key: 'edit',
    everyMs: postEveryMs * EDIT_EVERY,
    burst: EDIT_BURST,
    atOnce: EDITS_AT_ONCE,
  };
  const postsTo = (channel: string): Lane => ({
    key: `post:${channel}`,
    everyMs: postEveryMs,
    burst: POST_BURST,
    atOnce: 1,
  });
  return {
    /** Called before a message is built, which costs look-ups. @throws CallDeferred if it could not be sent soon */
    reservePost: (call: QueuedCall, channel: string) => limiter.reserve(postsTo(channel), call),
    reserveEdit: (call: QueuedCall) => limiter.reserve(edits, call),
    /** @throws CallDeferred if it can't be sent soon */
    post: (call: QueuedCall, message: ChatPostMessageArguments) =>
      limiter.run(postsTo(message.channel), call, () => client.chat.postMessage({ ...message, ...NO_UNFURL })),
    edit: (call: QueuedCall, message: ChatUpdateArguments) =>
      limiter.run(edits, call, () => client.chat.update(message)),
    /** No other edit waits, and one more is within the rate limit. */
    hasRoom: () => limiter.isIdle(edits),
  };
}

export type MessageSender = ReturnType<typeof createMessageSender>;
