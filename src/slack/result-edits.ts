import type { Card, Cards, RecordRef } from '../workflow/ports.ts';
import type { Paced } from './paced.ts';
import { isGone } from './slack-fault.ts';
import { type LimitFacts, type Over, overOf, overResult } from './views/result-over.ts';

interface Deps {
  cards: Pick<Cards, 'said' | 'kept'>;
  paced: Pick<Paced, 'edit'>;
  seal: (request: string) => string;
}

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
    if (!isGone(fault)) throw fault;
  }
  await cards.kept(id, word);
}

/** What is kept once the result says so. */
export function overWord({ key }: Over): string {
  return `result ${key}`;
}
