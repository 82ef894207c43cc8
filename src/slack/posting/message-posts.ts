import { z } from 'zod';
import type { Log } from '../../logging/logger.ts';
import type { Cards, PossibleDuplicate } from '../../workflow/ports/cards.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { QueuedCall } from '../budgets/call-queue.ts';
import type { SlackClients } from '../connection/clients.ts';
import { missingScope } from '../connection/clients.ts';
import { isGone, mayBePosted, slackVerdict } from '../connection/slack-fault.ts';
import { duplicateNotice } from '../views/cards/duplicate-notice.ts';
import type { MessageView } from '../views/text/text.ts';
import type { RetryLater } from './card-lock.ts';
import type { MessageSender } from './message-sender.ts';

/** A message of a request. `what` names it among the messages of its request: each is posted once. */
export interface Post {
  request: string;
  what: string;
  channel: string;
  /** The message whose thread it goes to; null: it goes to the channel itself. */
  thread: string | null;
  message: MessageView;
  /** Of a message in a thread: shown in the channel too. */
  broadcast?: boolean;
  /** Its place in the queue of the rate limiter. */
  queuedCall: QueuedCall;
}

type Place = Pick<Post, 'request' | 'what' | 'channel' | 'thread'>;

export interface MessagePostsDeps {
  /** To search for earlier posts. */
  clients: Pick<SlackClients, 'background'>;
  /** To post and to edit. */
  sender: Pick<MessageSender, 'post' | 'edit'>;
  cards: Cards;
  clock: Clock;
  /** The bot's own id in Slack: messages of other apps are never taken for its own. */
  botId: string;
  log: Log;
}

export const CARD = 'card';
export const RESULT = 'result';

const EVENT_TYPE = 'datasync_throttle_message';
const idSchema = z.object({ request: z.string(), what: z.string() });

/** How far Slack's clock may be from the one that dated a try. */
const CLOCK_SKEW_SECONDS = 60;
const PAGE_SIZE = 200;
const MAX_PAGES = 10;
/** For how long a post that Slack did not confirm may still appear. */
const LATE_SECONDS = 30;

/** Says in a message's metadata which message of which request it is. Readers of the message see nothing new in it. */
export function metadataOf({ request, what }: Pick<Post, 'request' | 'what'>) {
  return { event_type: EVENT_TYPE, event_payload: { request, what } };
}

/**
 * Posts each message once, although Slack may post it and not answer, or the process may end before it has stored the message's
 * `ts`. Each try is recorded before it is made; before the next one, the channel is searched for the earlier message.
 */
export function createMessagePosts({ clients, sender, cards, clock, botId, log }: MessagePostsDeps) {
  const { chat, conversations } = clients.background;
  let warned = false;

  /**
   * Gives the `ts` of the message. `adopted`: an earlier try had posted it, as it was rendered then. The caller stores the `ts`
   * and then ends the try with `cards.tried`.
   */
  async function postOnce(post: Post): Promise<{ ts: string; adopted: boolean }> {
    const since = await cards.trying(post.request, post.what, clock.now());
    if (since === null) return { ts: await send(post, true), adopted: false };
    const [first, ...copies] = await earlierPosts(post, since);
    for (const ts of copies) await markDuplicate(post, ts, first ?? null);
    const ts = first ?? (await send(post, false));
    const { request, what, channel, thread } = post;
    await cards.doubt(request, {
      what,
      channel,
      thread,
      ts,
      since: since.toISOString(),
      at: clock.now().toISOString(),
    });
    return { ts, adopted: first !== undefined };
  }

  /** `first`: no earlier try can have posted it. */
  async function send(
    { channel, thread, message, broadcast = false, queuedCall, ...id }: Post,
    first: boolean,
  ): Promise<string> {
    const content = { channel, ...message, metadata: metadataOf(id) };
    const inThread = { thread_ts: thread ?? '', ...(broadcast ? { reply_broadcast: true as const } : {}) };
    try {
      const { ts } = await sender.post(queuedCall, thread === null ? content : { ...content, ...inThread });
      if (!ts) throw new Error('chat.postMessage answered without a ts');
      return ts;
    } catch (fault) {
      if (first && !mayBePosted(fault)) await cards.tried(id.request, id.what);
      throw fault;
    }
  }

  /** The `ts` of each post of this message, oldest first; none if Slack does not let the bot search. */
  async function earlierPosts(place: Place, since: Date): Promise<string[]> {
    try {
      return await search(place, since);
    } catch (fault) {
      const scope = missingScope(fault);
      const verdict = slackVerdict(fault);
      if (scope === null && (verdict?.kind !== 'refused' || verdict.patience === 'day')) throw fault;
      const about = { err: fault, request: place.request, message: place.what };
      if (scope === null) log.info(about, 'an earlier message could not be looked for');
      else if (!warned) {
        warned = true;
        log.warn(
          { ...about, scope },
          `without the scope ${scope} a message that Slack did not confirm may stand there twice`,
        );
      }
      return [];
    }
  }

  async function search({ channel, thread, request, what }: Place, since: Date): Promise<string[]> {
    const oldest = String(since.getTime() / 1000 - CLOCK_SKEW_SECONDS);
    const found: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const ask = { channel, oldest, limit: PAGE_SIZE, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
      const answer = await (thread === null
        ? conversations.history(ask)
        : conversations.replies({ ...ask, ts: thread }));
      for (const { ts, bot_id: author, metadata } of answer.messages ?? []) {
        if (author !== botId || metadata?.event_type !== EVENT_TYPE) continue;
        const { data: id } = idSchema.safeParse(metadata.event_payload);
        if (ts && id?.request === request && id.what === what) found.push(ts);
      }
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return found.sort();
  }

  /** Marks a post as a duplicate and takes its buttons off. */
  async function markDuplicate(
    { request, what, channel }: Omit<Place, 'thread'>,
    ts: string,
    kept: string | null,
  ): Promise<void> {
    try {
      const link = kept === null ? null : await linkTo(channel, kept);
      const metadata = metadataOf({ request, what: `copy of ${what}` });
      await sender.edit({ id: `copy ${ts}`, priority: 'high' }, { channel, ts, ...duplicateNotice(link), metadata });
      log.warn({ request, message: what, channel, ts }, 'a message stood there twice: the copy was marked');
    } catch (fault) {
      const verdict = slackVerdict(fault);
      if (verdict?.kind !== 'refused' || verdict.patience === 'day') throw fault;
      const gone = isGone(fault) || verdict.error === 'thread_not_found';
      if (!gone) log.warn({ err: fault, request, ts }, 'a copy of a message could not be marked');
    }
  }

  async function linkTo(channel: string, ts: string): Promise<string | null> {
    try {
      return (await chat.getPermalink({ channel, message_ts: ts })).permalink ?? null;
    } catch (err) {
      log.info({ err, channel, ts }, 'no link to a message');
      return null;
    }
  }

  /** Searches once more for duplicates of what was posted again: Slack may have posted the first one late. */
  async function recheckDuplicates(request: string): Promise<RetryLater> {
    const pending = await cards.doubts(request);
    const age = ({ at }: PossibleDuplicate) => (clock.now().getTime() - Date.parse(at)) / 1000;
    const early = pending.filter((doubt) => age(doubt) < LATE_SECONDS);
    for (const doubt of pending.filter((one) => !early.includes(one))) {
      const kept = (doubt.what === CARD ? (await cards.find(request))?.ts : null) ?? doubt.ts;
      const found = await earlierPosts({ ...doubt, request }, new Date(doubt.since));
      for (const ts of found.filter((one) => one !== kept)) await markDuplicate({ ...doubt, request }, ts, kept);
      await cards.settled(request, doubt.what);
    }
    if (early.length === 0) return null;
    const againInSeconds = Math.max(1, LATE_SECONDS - Math.max(...early.map(age)));
    return { againInSeconds, why: 'a copy of a message may still come to light' };
  }

  return { postOnce, markDuplicate, recheckDuplicates };
}

export type MessagePosts = ReturnType<typeof createMessagePosts>;
