import type { Card, Cards } from '../../workflow/ports/cards.ts';
import type { RecordRef } from '../../workflow/ports/commit.ts';
import { isGone } from '../connection/slack-fault.ts';
import { type LimitFacts, type Outdated, outdatedOf, outdatedResult } from '../views/cards/outdated-result.ts';
import type { MessageSender } from './message-sender.ts';

interface Deps {
  cards: Pick<Cards, 'said' | 'kept'>;
  sender: Pick<MessageSender, 'edit'>;
  seal: (request: string) => string;
}

/**
 * Edits the result of a request when it is no longer true, once for each thing that happens to the limit. The caller holds the
 * card's lock; safe to repeat. `recordOf` gives the audit record that the result cites.
 */
export async function editResult(
  { cards, sender, seal }: Deps,
  { channel, resultTs: ts }: Card,
  facts: LimitFacts,
  recordOf: () => Promise<RecordRef>,
): Promise<void> {
  const outdated = ts === null ? null : outdatedOf(facts);
  if (ts === null || !outdated) return;
  const { id } = facts.request;
  const key = outdatedKey(outdated);
  if (await cards.said(id, key)) return;
  const message = outdatedResult({ ...facts, record: await recordOf(), seal }, outdated);
  if (!message) return;
  const { text, blocks } = message;
  try {
    await sender.edit({ id: `result ${id}`, priority: 'high' }, { channel, ts, text, blocks });
  } catch (fault) {
    if (!isGone(fault)) throw fault;
  }
  await cards.kept(id, key);
}

/** The key under which such an edit is recorded. */
export function outdatedKey({ key }: Outdated): string {
  return `result ${key}`;
}
