import type { Bot } from './bot.ts';

/** A link to the request's message; null where it is not posted yet, or Slack can't say. */
export async function linkOf(bot: Pick<Bot, 'cards' | 'clients' | 'log'>, request: string): Promise<string | null> {
  const card = await bot.cards.find(request);
  if (!card) return null;
  try {
    const answer = await bot.clients.interactive.chat.getPermalink({ channel: card.channel, message_ts: card.ts });
    return answer.permalink ?? null;
  } catch (err) {
    bot.log.info({ err, request }, 'no link to a request');
    return null;
  }
}

/** Request id → the link to its message, for those that have one. */
export async function linksOf(
  bot: Pick<Bot, 'cards' | 'clients' | 'log'>,
  requests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const links = await Promise.all(requests.map(async (id) => [id, await linkOf(bot, id)] as const));
  return new Map(links.filter((link): link is [string, string] => link[1] !== null));
}
