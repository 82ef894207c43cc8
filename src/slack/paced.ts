import type { ChatPostMessageArguments, ChatUpdateArguments, WebClient } from '@slack/web-api';
import type { Lane, Piece, Turns } from './turns.ts';

/** Slack takes about one message a second in a channel, and a few more at once. */
const POST_EVERY_MS = 1000;
const POST_BURST = 5;
/** Of Slack's tier of 50 a minute, over the whole workspace. */
const EDIT_EVERY = 1.2;
const EDIT_BURST = 10;
/** No message of the bot is to grow by what it links to. */
const QUIET = { unfurl_links: false, unfurl_media: false };
/** One edit that hangs does not hold up the others. */
const EDITS_AT_ONCE = 4;

/** Messages and edits that wait their turn. `postEveryMs`: shorter in tests. */
export function createPaced(client: WebClient, turns: Turns, postEveryMs = POST_EVERY_MS) {
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
    /** Before a message is made, which costs look-ups. @throws NotYet where it could not go soon */
    expectPost: (piece: Piece, channel: string) => turns.expect(postsTo(channel), piece),
    expectEdit: (piece: Piece) => turns.expect(edits, piece),
    /** @throws NotYet where it is not its turn soon */
    post: (piece: Piece, message: ChatPostMessageArguments) =>
      turns.take(postsTo(message.channel), piece, () => client.chat.postMessage({ ...message, ...QUIET })),
    edit: (piece: Piece, message: ChatUpdateArguments) => turns.take(edits, piece, () => client.chat.update(message)),
    /** No edit that says what people decided waits, and there is room for one. */
    hasRoom: () => turns.isFree(edits),
  };
}

export type Paced = ReturnType<typeof createPaced>;
