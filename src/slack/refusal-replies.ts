import type { Refusal } from '../domain/refusal.ts';
import { mayKnowPlace } from '../workflow/may-know.ts';
import { namedRefusal } from '../workflow/named-refusal.ts';
import type { Bot } from './bot.ts';
import { linkOf } from './links.ts';
import { refusalWords } from './refusal-words.ts';
import type { Words } from './reply-words.ts';

/** What came of something, ready for its words: a refusal names only people who are allowed to. */
export async function named<D extends { kind: string; refusal?: Refusal }>(
  { people }: Pick<Bot, 'people'>,
  done: D,
): Promise<D> {
  return done.refusal ? { ...done, refusal: await namedRefusal(people, done.refusal) } : done;
}

/**
 * A refusal in words, for this person: with a link to the request that is open already, where they may know its channel.
 * `other`: the digest of the policy that refused, where it is not this bot's own.
 */
export async function refusalReply(bot: Bot, user: string, refusal: Refusal, other?: string): Promise<Words> {
  const link = refusal.why === 'already-open' ? await openLink(bot, user, refusal.request) : null;
  return refusalWords(await namedRefusal(bot.people, refusal), { link, other });
}

async function openLink(bot: Bot, user: string, id: string): Promise<string | null> {
  const open = (await bot.ledger.load(id))?.request;
  return open && (await mayKnowPlace(bot, user, open)) ? linkOf(bot, id) : null;
}
