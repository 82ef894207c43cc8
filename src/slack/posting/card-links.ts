import type { Log } from '../../logging/logger.ts';
import type { Card } from '../../workflow/ports/cards.ts';
import type { Permalinks } from './permalinks.ts';

export interface CardLinkDeps {
  cards: { find(request: string): Promise<Card | null> };
  permalinks: Permalinks;
  log: Log;
}

/** A link to the request's card; null if it is not posted yet, or Slack can't say. */
export async function linkOf({ cards, permalinks, log }: CardLinkDeps, request: string): Promise<string | null> {
  const card = await cards.find(request);
  if (!card) return null;
  try {
    return await permalinks(card);
  } catch (err) {
    log.info({ err, request }, 'no link to a request');
    return null;
  }
}

/** Links by request id, for those requests that have one. */
export async function linksOf(deps: CardLinkDeps, requests: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const links = await Promise.all(requests.map(async (id) => [id, await linkOf(deps, id)] as const));
  return new Map(links.filter((link): link is [string, string] => link[1] !== null));
}
