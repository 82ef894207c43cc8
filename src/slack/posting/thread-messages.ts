import type { AuditLine } from '../../workflow/ports/audit/audit-line.ts';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import { threadNotes } from '../views/cards/thread-notes.ts';
import type { CardFactsSource } from './card-facts.ts';
import type { CardLock, RetryLater } from './card-lock.ts';
import type { Deliver } from './delivery.ts';
import type { MessagePosts } from './message-posts.ts';
import { MAX_RECORDS } from './result-messages.ts';

export interface ThreadMessagesDeps {
  ledger: Pick<Ledger, 'load' | 'run' | 'lookUp'>;
  cards: Cards;
  posts: MessagePosts;
  facts: Pick<CardFactsSource, 'problemOf'>;
  withCardLock: CardLock;
  deliver: Deliver;
  clock: Clock;
  seal: (request: string) => string;
}

/** Posts notes about a limit in force to the thread of its card, each once over all bots. */
export function createThreadMessages({
  ledger,
  cards,
  posts,
  facts,
  withCardLock,
  deliver,
  clock,
  seal,
}: ThreadMessagesDeps) {
  async function postThreadNotes(id: string): Promise<RetryLater> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || !card) return null;
    const now = clock.now();
    const notes = threadNotes({
      request: stored.request,
      lines: await citedRecords(stored),
      now,
      seal,
      run: stored.request.status === 'applied' ? (await ledger.run(stored.request.execution)).run : null,
      problem: await facts.problemOf(stored.request, now),
    });
    // Most of the time there is nothing to say: then the lock is left to whoever edits the card.
    if (notes.length === 0) return null;
    return withCardLock(id, 'card', (assertLocked) =>
      deliver(
        id,
        async () => {
          for (const { key, message, broadcast } of notes) {
            if (await cards.said(id, key)) continue;
            const { channel, ts: thread } = card;
            await assertLocked();
            await posts.postOnce({
              request: id,
              what: key,
              channel,
              thread,
              message,
              broadcast: broadcast === true,
              queuedCall: { id: `tell ${id}`, priority: 'low' },
            });
            await cards.kept(id, key);
            await cards.tried(id, key);
          }
          return posts.recheckDuplicates(id);
        },
        async ({ request }) => notes.map((note) => ({ ...note, to: [request.requester.user] })),
      ),
    );
  }

  /** The records that a note may cite; not read where no note cites one. */
  async function citedRecords({ request: { id, drift, hold } }: StoredRequest): Promise<AuditLine[]> {
    if (!drift && !hold?.end) return [];
    const found = await ledger.lookUp({ kind: 'request', id }, MAX_RECORDS);
    return found.filter((line) => line.record !== null);
  }

  return { postThreadNotes };
}
