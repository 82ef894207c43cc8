import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { isOpen } from '../domain/throttle-request.ts';
import type { Log } from '../log.ts';
import type {
  AuditLine,
  Card,
  Cards,
  Clock,
  Executions,
  Ledger,
  Looks,
  People,
  PolicySource,
  RecordRef,
  StoredRequest,
} from '../workflow/ports.ts';
import { createCardFacts, type Seen } from './card-facts.ts';
import { createCardTurn, type Told } from './card-turn.ts';
import { retryAfter, slackError } from './clients.ts';
import type { LiveEdits } from './live-edits.ts';
import type { Paced } from './paced.ts';
import { CARD, metadataOf, type Posts, RESULT } from './posts.ts';
import { editResult, overWord } from './result-edits.ts';
import { isFinal, isGone, slackVerdict } from './slack-fault.ts';
import type { Piece } from './turns.ts';
import { section } from './views/blocks.ts';
import { cardMessage } from './views/card.ts';
import { overOf, resultNow } from './views/result-over.ts';
import type { MessageView } from './views/text.ts';
import { threadNotes } from './views/thread-notes.ts';

export interface NotifierDeps {
  ledger: Ledger;
  executions: Executions;
  people: Pick<People, 'lately'>;
  policy: PolicySource;
  clock: Clock;
  cards: Cards;
  looks: Looks;
  /** Messages and edits that wait their turn. */
  paced: Paced;
  posts: Posts;
  liveEdits: LiveEdits;
  seal: (request: string) => string;
  log: Log;
}

/** Of one request: most have a dozen. */
const RECORDS_READ = 100;
/** How often a copy that somebody clicked on waits for its turn. */
const MOST_WAITS = 20;
const MOST_COPIES = 1000;

/** What is told to people directly where the channel takes no message; `key` names it, so that it is told once. */
interface Instead {
  key: string;
  message: MessageView;
  to: readonly string[];
}

/** Keeps each request's message in its channel true, and says how it ended. Safe to repeat. */
export function createNotifier(deps: NotifierDeps) {
  const { ledger, cards, paced, posts, liveEdits, log } = deps;
  const { factsOf, problemOf } = createCardFacts(deps);
  const inTurn = createCardTurn(cards);
  /** Which version a copy shows, by its ts: clicked again, it is not made anew. */
  const copies = new LRUCache<string, number>({ max: MOST_COPIES });

  /** Posts or edits the card, until what stands there is the newest state. */
  async function bringUpToDate(id: string, seen: Seen, live: boolean, still: () => Promise<void>): Promise<void> {
    for (let shown = 0; ; ) {
      const stored = await ledger.load(id);
      if (!stored || stored.request.version === shown) return;
      const card = await cards.find(id);
      const onlyLive = live && card !== null;
      if (!card) paced.expectPost(showing(id), stored.request.channel);
      else if (!onlyLive) paced.expectEdit(showing(id));
      const facts = await factsOf(stored, seen);
      const message = cardMessage(facts);
      await still();
      if (card) await editResult(deps, card, facts, () => resultRecord(stored));
      const lookedAt = facts.execution?.lookedAt ?? null;
      if (onlyLive && !(await liveEdits.isDue(id, message, lookedAt))) return;
      await still();
      if (card) await edit(stored, card, message);
      else await post(stored, message, null);
      await liveEdits.made(id, message, lookedAt);
      shown = stored.request.version;
    }
  }

  async function post(stored: StoredRequest, message: MessageView, resultTs: string | null): Promise<void> {
    const { id, channel } = stored.request;
    const piece = showing(id);
    const { ts, adopted } = await posts.once({ request: id, what: CARD, channel, thread: null, message, piece });
    const card = { channel, ts, resultTs };
    await cards.keep(id, card);
    await cards.tried(id, CARD);
    if (adopted) await edit(stored, card, message);
  }

  async function edit(stored: StoredRequest, card: Card, message: MessageView): Promise<void> {
    try {
      const metadata = metadataOf({ request: stored.request.id, what: CARD });
      await paced.edit(showing(stored.request.id), { channel: card.channel, ts: card.ts, ...message, metadata });
    } catch (fault) {
      if (!isGone(fault)) throw fault;
      // Somebody deleted the card: an open request needs one to be decided.
      if (isOpen(stored.request)) await post(stored, message, card.resultTs);
    }
  }

  /** `live`: only the transfer has gone on, so the edit may be left out. */
  function show(id: string, seen: Seen = null, live = false): Promise<Told> {
    return inTurn(id, 'card', (still) =>
      telling(
        id,
        async () => {
          await bringUpToDate(id, seen, live, still);
          return posts.relook(id);
        },
        (stored) => cardInstead(stored, seen),
      ),
    );
  }

  /** The record that tells the result: a limit in force goes on to have others. */
  async function resultRecord({ request, record }: StoredRequest): Promise<RecordRef> {
    if (request.status !== 'applied') return record;
    const lines = await ledger.lookUp({ kind: 'request', id: request.id }, RECORDS_READ);
    return lines.find((line): line is AuditLine => line.record?.event === 'applied') ?? record;
  }

  /** Of what is told in the thread, most of the time nothing. */
  async function recordsToTell({ request: { id, drift, hold } }: StoredRequest): Promise<AuditLine[]> {
    if (!drift && !hold?.end) return [];
    const found = await ledger.lookUp({ kind: 'request', id }, RECORDS_READ);
    return found.filter((line) => line.record !== null);
  }

  async function result(id: string): Promise<Told> {
    const stored = await ledger.load(id);
    const message = stored && resultNow({ ...stored, record: await resultRecord(stored), seal: deps.seal });
    if (!stored || !message) return null;
    return inTurn(id, 'result', (still) => postResult(stored, message, still));
  }

  async function postResult(
    stored: StoredRequest,
    message: NonNullable<ReturnType<typeof resultNow>>,
    still: () => Promise<void>,
  ): Promise<Told> {
    const { id, channel, requester, approvals } = stored.request;
    const before = await cards.find(id);
    if (before?.resultTs)
      return telling(
        id,
        async () => (await editIfOver(id)) ?? posts.relook(id),
        async () => [],
      );
    const shown = before ? null : await show(id);
    const card = before ?? (await cards.find(id));
    // Posted, it is enough for an answer, though a copy of it may still come to light.
    if (shown && !card) return shown;
    const { broadcast, ...words } = message;
    const to = [...new Set([requester, ...approvals.map(({ by }) => by)].map(({ user }) => user))];
    return telling(
      id,
      async () => {
        // There is none where the channel took no message from the first on.
        const thread = card?.ts ?? null;
        await still();
        const piece = first(`result ${id}`);
        const { ts } = await posts.once({
          request: id,
          what: RESULT,
          channel,
          thread,
          message: words,
          broadcast,
          piece,
        });
        if (card) await cards.keepResult(id, ts);
        await cards.tried(id, RESULT);
        return (await editIfOver(id)) ?? posts.relook(id);
      },
      async () => [{ key: 'result', message: words, to }],
    );
  }

  /** The limit may have ended before its result was there to be edited; most of the time it has not. */
  async function editIfOver(id: string): Promise<Told> {
    const request = (await ledger.load(id))?.request;
    if (request?.status !== 'applied') return null;
    const standing = await ledger.inForceOf(request.execution);
    const over = overOf({ request, standing: standing?.request ?? null });
    return over && !(await cards.said(id, overWord(over))) ? show(id) : null;
  }

  /** Says in the thread what has come of a limit in force, or is about to: each word once, over all bots. */
  async function tellThread(id: string): Promise<Told> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || !card) return null;
    const now = deps.clock.now();
    const notes = threadNotes({
      ...{ request: stored.request, lines: await recordsToTell(stored), now, seal: deps.seal },
      problem: await problemOf(stored.request, now),
    });
    // Most of the time there is nothing to say, and the card is left to who edits it.
    if (notes.length === 0) return null;
    return inTurn(id, 'card', (still) =>
      telling(
        id,
        async () => {
          for (const { key, message, broadcast } of notes) {
            if (await cards.said(id, key)) continue;
            const { channel, ts: thread } = card;
            const piece: Piece = { id: `tell ${id}`, urgency: 'later' };
            await still();
            await posts.once({
              request: id,
              what: key,
              channel,
              thread,
              message,
              piece,
              broadcast: broadcast === true,
            });
            await cards.kept(id, key);
            await cards.tried(id, key);
          }
          return posts.relook(id);
        },
        async ({ request }) => notes.map((note) => ({ ...note, to: [request.requester.user] })),
      ),
    );
  }

  /** What Slack refuses for good is told in direct messages instead; a rate limit is waited out; the rest is tried again. */
  async function telling(
    id: string,
    tell: () => Promise<Told>,
    instead: (stored: StoredRequest) => Promise<Instead[]>,
  ): Promise<Told> {
    try {
      return await tell();
    } catch (fault) {
      const verdict = slackVerdict(fault);
      if (verdict?.kind === 'wait') return { againInSeconds: verdict.seconds, why: 'Slack asks to wait' };
      if (verdict?.kind !== 'refused') throw fault;
      const { error, patience } = verdict;
      if (!isFinal(patience, await cards.refused(id, error, deps.clock.now()))) throw fault;
      log.error({ err: fault, request: id }, 'Slack does not take the message of a request');
      const stored = await ledger.load(id);
      for (const { key, message, to } of stored ? await instead(stored) : []) {
        const word = `${error} ${key}`;
        // Once: a card is edited over and over.
        if (await cards.said(id, word)) continue;
        for (const user of to) await tellDirectly(user, notThere(message, stored?.request.channel ?? '', error));
        await cards.kept(id, word);
      }
      return null;
    }
  }

  /** The card of an open or a cancelled request; how others ended is told by their result. */
  async function cardInstead(stored: StoredRequest, seen: Seen): Promise<Instead[]> {
    const { request } = stored;
    if (!isOpen(request) && request.status !== 'cancelled') return [];
    const message = cardMessage(await factsOf(stored, seen));
    return [{ key: isOpen(request) ? 'open' : request.status, message, to: [request.requester.user] }];
  }

  /** Somebody who can't be written to either is left out: trying again would not help. */
  async function tellDirectly(user: string, message: MessageView): Promise<void> {
    try {
      await paced.post(first(`direct ${user} ${message.text}`), { channel: user, ...message });
    } catch (fault) {
      if (retryAfter(fault) !== null || !slackError(fault)) throw fault;
      log.error({ err: fault, user }, 'Slack takes no direct message for them');
    }
  }

  /** A message that shows a request and is not its card (posted twice, say) is brought up to date too. */
  async function refreshCopy(id: string, copy: { channel: string; ts: string }): Promise<void> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || card?.ts === copy.ts || copies.get(copy.ts) === stored.request.version) return;
    await inTime(async () => {
      // Two that can be decided on would be edited apart.
      if (card?.channel === copy.channel) {
        await posts.supersede({ request: id, what: CARD, channel: copy.channel }, copy.ts, card.ts);
      } else {
        await paced.edit(first(`copy ${copy.ts}`), { ...copy, ...cardMessage(await factsOf(stored, null)) });
      }
    });
    copies.set(copy.ts, stored.request.version);
  }

  return { show, result, tellThread, refreshCopy };
}

export type Notifier = ReturnType<typeof createNotifier>;

function notThere({ text, blocks }: MessageView, channel: string, error: string): MessageView {
  const words = `This can’t be shown in <#${channel}> (Slack says \`${error}\`), so it is told here.`;
  return { text: `${text} ${words}`, blocks: [section(`:warning: ${words}`), ...blocks] };
}

/** No worker comes back to it later: what is not its turn yet waits here. */
async function inTime(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds === null || tries === MOST_WAITS) throw fault;
      await sleep(seconds * 1000, undefined, { ref: false });
    }
  }
}

/** A new card, and what came of a request, are what people wait for. */
function first(id: string): Piece {
  return { id, urgency: 'first' };
}

function showing(request: string): Piece {
  return first(`show ${request}`);
}
