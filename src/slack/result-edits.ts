import type { Card, Cards, RecordRef } from '../workflow/ports.ts';
import { slackError } from './clients.ts';
import type { Paced } from './paced.ts';
import { type LimitFacts, type Over, overOf, overResult } from './views/result-over.ts';

interface Deps {
  cards: Pick<Cards, 'said' | 'kept'>;
  paced: Pick<Paced, 'edit'>;
  seal: (request: string) => string;
}

/** Slack takes no edit of it any more: deleted, or too old. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/**
 * Edits a request's result once what it says is over, once for each thing that happens to the limit. Held by the card's lock;
 * safe to repeat. `recordOf` gives the record that the result rests on.
 */
export async function editResult(
  { cards, paced, seal }: Deps,
  { channel, resultTs: ts }: Card,
  facts: LimitFacts,
  recordOf: () => Promise<RecordRef>,
): Promise<void> {
  const over = ts === null ? null : overOf(facts);
  if (ts === null || !over) return;
  const { id } = facts.request;
  const word = overWord(over);
  if (await cards.said(id, word)) return;
  const message = overResult({ ...facts, record: await recordOf(), seal }, over);
  if (!message) return;
  const { text, blocks } = message;
  try {
    await paced.edit({ id: `result ${id}`, urgency: 'first' }, { channel, ts, text, blocks });
  } catch (fault) {
    if (!GONE.has(slackError(fault) ?? '')) throw fault;
  }
  await cards.kept(id, word);
}

/** What is kept once the result says so. */
export function overWord({ key }: Over): string {
  return `result ${key}`;
}
