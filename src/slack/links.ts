import type { Bot } from './bot.ts';

/** A link to the request's message; null where it is not posted yet, or Slack can't say. */
export async function linkOf(bot: Pick<Bot, 'cards' | 'clients' | 'log'>, request: string): Promise<string | null> {
  const card = await bot.cards.find(request);
  if (!card) return null;
  try {
    const answer = await bot.clients.prompt.chat.getPermalink({ channel: card.channel, message_ts: card.ts });
    return answer.permalink ?? null;
  } catch (err) {
    bot.log.info({ err, request }, 'no link to a request');
    return null;
  }
}
