import type { AuditLine } from '../../workflow/ports/audit/audit-line.ts';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { RecordRef } from '../../workflow/ports/commit.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import { currentResult, outdatedOf } from '../views/cards/outdated-result.ts';
import type { CardLock, RetryLater } from './card-lock.ts';
import type { Deliver } from './delivery.ts';
import { type MessagePosts, RESULT } from './message-posts.ts';
import { outdatedKey } from './result-edits.ts';

/** Most requests have a dozen records. */
export const MAX_RECORDS = 100;

export interface ResultMessagesDeps {
  ledger: Pick<Ledger, 'load' | 'run' | 'lookUp'>;
  clock: Clock;
  cards: Cards;
  posts: MessagePosts;
  withCardLock: CardLock;
  deliver: Deliver;
  refreshCard: (id: string) => Promise<RetryLater>;
  seal: (request: string) => string;
}

/** Posts the result of a request in the thread of its card, and in the channel. */
export function createResultMessages({
  ledger,
  cards,
  posts,
  withCardLock,
  deliver,
  refreshCard,
  clock,
  seal,
}: ResultMessagesDeps) {
  const resultRecord = (stored: StoredRequest) => resultRecordOf(ledger, stored);

  async function postResult(id: string): Promise<RetryLater> {
    const stored = await ledger.load(id);
    const message = stored && (await messageOf(stored));
    if (!stored || !message) return null;
    return withCardLock(id, 'result', (assertLocked) => postLocked(stored, message, assertLocked));
  }

  async function messageOf(stored: StoredRequest) {
    const { request } = stored;
    const { run } = request.status === 'applied' ? await ledger.run(request.execution) : { run: null };
    return currentResult({ request, run, now: clock.now(), record: await resultRecord(stored), seal });
  }

  async function postLocked(
    stored: StoredRequest,
    message: NonNullable<ReturnType<typeof currentResult>>,
    assertLocked: () => Promise<void>,
  ): Promise<RetryLater> {
    const { id, channel, requester, approvals } = stored.request;
    const before = await cards.find(id);
    if (before?.resultTs)
      return deliver(
        id,
        async () => (await refreshIfOutdated(id)) ?? posts.recheckDuplicates(id),
        async () => [],
      );
    const refreshed = before ? null : await refreshCard(id);
    const card = before ?? (await cards.find(id));
    // Once the card is posted the result can follow, even if a duplicate of the card may still appear.
    if (refreshed && !card) return refreshed;
    const { broadcast, ...content } = message;
    const to = [...new Set([requester, ...approvals.map(({ by }) => by)].map(({ user }) => user))];
    return deliver(
      id,
      async () => {
        // There is no card if the channel has refused every message.
        const thread = card?.ts ?? null;
        await assertLocked();
        const { ts } = await posts.postOnce({
          request: id,
          what: RESULT,
          channel,
          thread,
          message: content,
          broadcast,
          queuedCall: { id: `result ${id}`, priority: 'high' },
        });
        if (card) await cards.keepResult(id, ts);
        await cards.tried(id, RESULT);
        return (await refreshIfOutdated(id)) ?? posts.recheckDuplicates(id);
      },
      async () => [{ key: 'result', message: content, to }],
    );
  }

  /** The limit may have ended before its result was there to be edited; most of the time it has not. */
  async function refreshIfOutdated(id: string): Promise<RetryLater> {
    const request = (await ledger.load(id))?.request;
    if (request?.status !== 'applied') return null;
    const { run, inForce } = await ledger.run(request.execution);
    const outdated = outdatedOf({ request, run, limitSetBy: inForce?.request ?? null, now: clock.now() });
    return outdated && !(await cards.said(id, outdatedKey(outdated))) ? refreshCard(id) : null;
  }

  return { postResult };
}

/** The record that tells the result. A limit in force gets other records later. */
export async function resultRecordOf(
  ledger: Pick<Ledger, 'lookUp'>,
  { request, record }: StoredRequest,
): Promise<RecordRef> {
  if (request.status !== 'applied') return record;
  const lines = await ledger.lookUp({ kind: 'request', id: request.id }, MAX_RECORDS);
  return lines.find((line): line is AuditLine => line.record?.event === 'applied') ?? record;
}
