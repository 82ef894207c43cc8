import { isOpen } from '../../domain/request/throttle-request.ts';
import type { Card, Cards } from '../../workflow/ports/cards.ts';
import type { RecordRef } from '../../workflow/ports/commit.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import type { QueuedCall } from '../budgets/call-queue.ts';
import { isGone } from '../connection/slack-fault.ts';
import { cardMessage } from '../views/cards/card.ts';
import type { MessageView } from '../views/text/text.ts';
import type { CardFactsSource, DescribeResult } from './card-facts.ts';
import type { CardLock, RetryLater } from './card-lock.ts';
import { cardAsDirectMessage, type Deliver } from './delivery.ts';
import { CARD, type MessagePosts, metadataOf } from './message-posts.ts';
import type { MessageSender } from './message-sender.ts';
import type { ProgressEdits } from './progress-edits.ts';
import { editResult } from './result-edits.ts';

export interface CardMessagesDeps {
  ledger: Pick<Ledger, 'load'>;
  cards: Cards;
  sender: MessageSender;
  posts: MessagePosts;
  progressEdits: ProgressEdits;
  facts: CardFactsSource;
  withCardLock: CardLock;
  deliver: Deliver;
  /** The record that the result of a request cites. */
  resultRecord: (stored: StoredRequest) => Promise<RecordRef>;
  seal: (request: string) => string;
}

/** Posts the card of a request and edits it until it shows the newest state. */
export function createCardMessages(deps: CardMessagesDeps) {
  const { ledger, cards, sender, posts, progressEdits, facts, withCardLock, deliver, resultRecord } = deps;

  /** The request may change while its card is written: so it is read again until the card shows the newest version. */
  async function bringUpToDate(
    id: string,
    described: DescribeResult,
    onlyProgress: boolean,
    assertLocked: () => Promise<void>,
  ): Promise<void> {
    for (let shown = 0; ; ) {
      const stored = await ledger.load(id);
      if (!stored || stored.request.version === shown) return;
      const card = await cards.find(id);
      const mayBeSkipped = onlyProgress && card !== null;
      if (!card) sender.reservePost(cardCall(id), stored.request.channel);
      else if (!mayBeSkipped) sender.reserveEdit(cardCall(id), card.channel);
      // What AWS answered before the request changed may be out of date.
      const shownFacts = await facts.factsOf(stored, shown === 0 ? described : null);
      const message = cardMessage(shownFacts);
      await assertLocked();
      if (card) await editResult(deps, card, shownFacts, () => resultRecord(stored));
      const lookedAt = shownFacts.execution?.lookedAt ?? null;
      if (mayBeSkipped && !(await progressEdits.isDue(id, message, lookedAt))) return;
      await assertLocked();
      if (!card) await post(stored, message, null);
      else if (!(await edit(stored, card, message, mayBeSkipped))) return;
      await progressEdits.record(id, message, lookedAt);
      shown = stored.request.version;
    }
  }

  async function post(stored: StoredRequest, message: MessageView, resultTs: string | null): Promise<void> {
    const { id, channel } = stored.request;
    const queuedCall = cardCall(id);
    const { ts, adopted } = await posts.postOnce({
      request: id,
      what: CARD,
      channel,
      thread: null,
      message,
      queuedCall,
    });
    const card = { channel, ts, resultTs };
    await cards.keep(id, card);
    await cards.tried(id, CARD);
    if (adopted) await edit(stored, card, message);
  }

  /** False: the card still shows what it showed. Only an edit that `mayBeSkipped` leaves it so. */
  async function edit(stored: StoredRequest, card: Card, message: MessageView, mayBeSkipped = false): Promise<boolean> {
    const metadata = metadataOf({ request: stored.request.id, what: CARD });
    const edited = { channel: card.channel, ts: card.ts, ...message, metadata };
    try {
      if (mayBeSkipped) return (await sender.editLive(edited)) !== null;
      await sender.edit(cardCall(stored.request.id), edited);
    } catch (fault) {
      if (!isGone(fault)) throw fault;
      // Somebody deleted the card: an open request needs one to be decided.
      if (isOpen(stored.request)) await post(stored, message, card.resultTs);
    }
    return true;
  }

  /** `onlyProgress`: nothing but the transfer's progress has changed, so the edit may be skipped. */
  function refreshCard(id: string, described: DescribeResult = null, onlyProgress = false): Promise<RetryLater> {
    return withCardLock(id, 'card', (assertLocked) =>
      deliver(
        id,
        async () => {
          await bringUpToDate(id, described, onlyProgress, assertLocked);
          return posts.recheckDuplicates(id);
        },
        (stored) => cardAsDirectMessage(stored, async () => cardMessage(await facts.factsOf(stored, described))),
      ),
    );
  }

  return { refreshCard };
}

function cardCall(request: string): QueuedCall {
  return { id: `show ${request}`, priority: 'high' };
}
