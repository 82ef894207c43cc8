import { isOpen } from '../../domain/throttle-request.ts';
import { type Asked, requestThrottle } from '../../workflow/request-throttle.ts';
import type { Bot, Caller } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { refusedWords } from '../named.ts';
import { takeoverNote } from '../views/approval-words.ts';
import { endWords } from '../views/execution-words.ts';
import { cannotPostWords, type Words } from '../words.ts';

/** `<arn> <rate> [for <duration>] [reason…]` */
export async function askThrottle(bot: Bot, caller: Caller, command: Extract<Command, { kind: 'ask' }>): Promise<void> {
  const { user, op, channel } = caller;
  const { execution, rate, durationSeconds, until, reason } = command;
  const ask = { user, op, channel: channel ?? '', execution, rate, durationSeconds, until, reason };
  const asked = await requestThrottle(bot, ask);
  const words = await askedWords(bot, user, asked);
  if (words) await caller.say(words.text);
}

/** What came of asking; null where the same was answered before. */
export async function askedWords(bot: Bot, user: string, asked: Asked): Promise<Words | null> {
  switch (asked.kind) {
    case 'asked': {
      const { id, status, approvalsNeeded, takeover } = asked.request;
      const why = takeover ? ` ${takeoverNote(takeover)}` : '';
      const next =
        status === 'approved' || !isOpen(asked.request)
          ? asked.request.extends
            ? 'No approval is needed: the time is being lengthened.'
            : 'No approval is needed: it is being applied.'
          : `It needs ${approvalsNeeded === 1 ? 'one approval' : `${approvalsNeeded} approvals`}; nothing changes until then.${why}`;
      const end = `The limit: ${endWords(asked.request, bot.clock.now())}.`;
      return { text: `Asked, as \`${id}\`. ${next} ${end} The request is in the channel.`, field: null };
    }
    case 'refused':
      return refusedWords(bot, user, asked.refusal, asked.other);
    case 'cannot-post':
      return cannotPostWords(asked.why, bot.identity.botUser);
    case 'repeated':
      return null;
  }
}
