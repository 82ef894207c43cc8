import type { Log } from '../../logging/logger.ts';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Executions } from '../../workflow/ports/executions.ts';
import type { Ledger } from '../../workflow/ports/ledger.ts';
import type { Looks } from '../../workflow/ports/looks.ts';
import type { People } from '../../workflow/ports/people.ts';
import type { PolicySource } from '../../workflow/ports/policy-source.ts';
import { createCardCopies } from './card-copies.ts';
import { createCardFacts } from './card-facts.ts';
import { createCardLock } from './card-lock.ts';
import { createCardMessages } from './card-messages.ts';
import { createDelivery } from './delivery.ts';
import type { MessagePosts } from './message-posts.ts';
import type { MessageSender } from './message-sender.ts';
import type { ProgressEdits } from './progress-edits.ts';
import { createResultMessages, resultRecordOf } from './result-messages.ts';
import { createThreadMessages } from './thread-messages.ts';

export interface NotifierDeps {
  ledger: Ledger;
  executions: Executions;
  people: Pick<People, 'lately'>;
  policy: PolicySource;
  clock: Clock;
  cards: Cards;
  looks: Looks;
  sender: MessageSender;
  posts: MessagePosts;
  progressEdits: ProgressEdits;
  seal: (request: string) => string;
  log: Log;
}

/** Keeps the messages of each request true: its card, its result and the notes in its thread. Safe to repeat. */
export function createNotifier(deps: NotifierDeps) {
  const shared = {
    ...deps,
    facts: createCardFacts(deps),
    withCardLock: createCardLock(deps.cards),
    deliver: createDelivery(deps),
  };
  const { refreshCard } = createCardMessages({
    ...shared,
    resultRecord: (stored) => resultRecordOf(deps.ledger, stored),
  });
  return {
    refreshCard,
    ...createResultMessages({ ...shared, refreshCard: (id) => refreshCard(id) }),
    ...createThreadMessages(shared),
    ...createCardCopies(shared),
  };
}

export type Notifier = ReturnType<typeof createNotifier>;
