import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { Ledger } from '../../workflow/ports/ledger.ts';
import { retryAfter } from '../connection/retry-after.ts';
import { cardMessage } from '../views/cards/card.ts';
import type { CardFactsSource } from './card-facts.ts';
import { CARD, type MessagePosts } from './message-posts.ts';
import type { MessageSender } from './message-sender.ts';

interface CardCopiesDeps {
  ledger: Pick<Ledger, 'load'>;
  cards: Pick<Cards, 'find'>;
  sender: Pick<MessageSender, 'edit'>;
  posts: Pick<MessagePosts, 'markDuplicate'>;
  facts: Pick<CardFactsSource, 'factsOf'>;
}

export interface CardRefresher {
  /** Brings the message that somebody clicked up to date, if it is not the card itself. */
  refreshCopy(request: string, copy: { channel: string; ts: string }): Promise<void>;
}

const MAX_COPIES = 1000;
/** No worker comes back to a copy later, so that its edit is tried again here. */
const MAX_TRIES = 20;

/** Keeps copies of a card true: messages that show a request and are not its card, such as one that was posted twice. */
export function createCardCopies({ ledger, cards, sender, posts, facts }: CardCopiesDeps): CardRefresher {
  /** Which version of the request each copy shows, by the copy's `ts`: another click does not edit it again. */
  const shownVersions = new LRUCache<string, number>({ max: MAX_COPIES });

  async function refreshCopy(id: string, copy: { channel: string; ts: string }): Promise<void> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || card?.ts === copy.ts || shownVersions.get(copy.ts) === stored.request.version) return;
    await untilSent(async () => {
      // Two cards with buttons in one channel would show different states.
      if (card?.channel === copy.channel) {
        await posts.markDuplicate({ request: id, what: CARD, channel: copy.channel }, copy.ts, card.ts);
      } else {
        const message = cardMessage(await facts.factsOf(stored, null));
        await sender.edit({ id: `copy ${copy.ts}`, priority: 'high' }, { ...copy, ...message });
      }
    });
    shownVersions.set(copy.ts, stored.request.version);
  }

  return { refreshCopy };
}

/** Waits out rate limits. */
async function untilSent(send: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds === null || tries === MAX_TRIES) throw fault;
      await sleep(seconds * 1000, undefined, { ref: false });
    }
  }
}
