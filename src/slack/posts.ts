import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Cards, Clock, Doubt } from '../workflow/ports.ts';
import type { Told } from './card-turn.ts';
import type { SlackClients } from './clients.ts';
import { missingScope } from './clients.ts';
import type { Paced } from './paced.ts';
import { isGone, mayStandThere, slackVerdict } from './slack-fault.ts';
import type { Piece } from './turns.ts';
import { supersededMessage } from './views/superseded.ts';
import type { MessageView } from './views/text.ts';

/** A message of a request. `what` names it among the messages of its request: there is to be one of each. */
export interface Post {
  request: string;
  what: string;
  channel: string;
  /** The message that it answers; null: it stands in the channel itself. */
  thread: string | null;
  message: MessageView;
  /** Of an answer: shown in the channel too. */
  broadcast?: boolean;
  /** What waits for its turn to post. */
  piece: Piece;
}

type Place = Pick<Post, 'request' | 'what' | 'channel' | 'thread'>;

export interface PostsDeps {
  /** To look. */
  clients: Pick<SlackClients, 'patient'>;
  /** To post and to edit. */
  paced: Pick<Paced, 'post' | 'edit'>;
  cards: Cards;
  clock: Clock;
  /** Who the bot is in Slack: another app's messages are never taken for its own. */
  botId: string;
  log: Log;
}

export const CARD = 'card';
export const RESULT = 'result';

const EVENT_TYPE = 'datasync_throttle_message';
const idSchema = z.object({ request: z.string(), what: z.string() });

/** How far Slack's clock may be from the one by which a try was noted. */
const CLOCKS_APART_SECONDS = 60;
const PAGE = 200;
const MOST_PAGES = 10;
/** A post that Slack answered to nobody may still come to light for so long. */
const LATE_SECONDS = 30;

/** Which message of which request this is, in its metadata: nothing that its readers don't see anyway. */
export function metadataOf({ request, what }: Pick<Post, 'request' | 'what'>) {
  return { event_type: EVENT_TYPE, event_payload: { request, what } };
}

/**
 * Posts each message once, though Slack may take one and not answer, or the process may end before it has kept where the
 * message stands: each try is on record before it is made, and before another one the earlier message is looked for.
 */
export function createPosts({ clients, paced, cards, clock, botId, log }: PostsDeps) {
  const { chat, conversations } = clients.patient;
  let warned = false;

  /**
   * Where the message stands. `adopted`: it stood there already, as it was rendered then. Once that is kept, `cards.tried`
   * ends the try.
   */
  async function once(post: Post): Promise<{ ts: string; adopted: boolean }> {
    const since = await cards.trying(post.request, post.what, clock.now());
    if (since === null) return { ts: await send(post, true), adopted: false };
    const [first, ...copies] = await earlier(post, since);
    for (const ts of copies) await supersede(post, ts, first ?? null);
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

  /** `first`: nothing of it can stand there from before. */
  async function send(
    { channel, thread, message, broadcast = false, piece, ...id }: Post,
    first: boolean,
  ): Promise<string> {
    const content = { channel, ...message, metadata: metadataOf(id) };
    const answering = { thread_ts: thread ?? '', ...(broadcast ? { reply_broadcast: true as const } : {}) };
    try {
      const { ts } = await paced.post(piece, thread === null ? content : { ...content, ...answering });
      if (!ts) throw new Error('chat.postMessage answered without a ts');
      return ts;
    } catch (fault) {
      if (first && !mayStandThere(fault)) await cards.tried(id.request, id.what);
      throw fault;
    }
  }

  /** Where the message stands already, oldest first; nothing where Slack does not let the bot look. */
  async function earlier(place: Place, since: Date): Promise<string[]> {
    try {
      return await look(place, since);
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

  async function look({ channel, thread, request, what }: Place, since: Date): Promise<string[]> {
    const oldest = String(since.getTime() / 1000 - CLOCKS_APART_SECONDS);
    const found: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const ask = { channel, oldest, limit: PAGE, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
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

  /** Takes the buttons off a copy. */
  async function supersede(
    { request, what, channel }: Omit<Place, 'thread'>,
    ts: string,
    kept: string | null,
  ): Promise<void> {
    try {
      const link = kept === null ? null : await linkTo(channel, kept);
      const metadata = metadataOf({ request, what: `copy of ${what}` });
      await paced.edit({ id: `copy ${ts}`, urgency: 'first' }, { channel, ts, ...supersededMessage(link), metadata });
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

  /** Looks once more for copies of what was posted again: Slack may have taken the first one late. */
  async function relook(request: string): Promise<Told> {
    const doubts = await cards.doubts(request);
    const age = ({ at }: Doubt) => (clock.now().getTime() - Date.parse(at)) / 1000;
    const early = doubts.filter((doubt) => age(doubt) < LATE_SECONDS);
    for (const doubt of doubts.filter((one) => !early.includes(one))) {
      const kept = (doubt.what === CARD ? (await cards.find(request))?.ts : null) ?? doubt.ts;
      const found = await earlier({ ...doubt, request }, new Date(doubt.since));
      for (const ts of found.filter((one) => one !== kept)) await supersede({ ...doubt, request }, ts, kept);
      await cards.settled(request, doubt.what);
    }
    if (early.length === 0) return null;
    const againInSeconds = Math.max(1, LATE_SECONDS - Math.max(...early.map(age)));
    return { againInSeconds, why: 'a copy of a message may still come to light' };
  }

  return { once, supersede, relook };
}

export type Posts = ReturnType<typeof createPosts>;
