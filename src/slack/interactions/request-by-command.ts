import { isOpen } from '../../domain/throttle-request.ts';
import { type Asked, requestThrottle } from '../../workflow/request-throttle.ts';
import type { Bot, Caller } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { refusalReply } from '../refusal-replies.ts';
import { cannotPostWords, REFUSED_BEFORE, type Words } from '../reply-words.ts';
import { takeoverNote } from '../views/approval-words.ts';
import { endWords } from '../views/execution-words.ts';

/** `<arn> <rate> [for <duration> | until <time>] [reason…]` */
export async function requestByCommand(
  bot: Bot,
  caller: Caller,
  command: Extract<Command, { kind: 'ask' }>,
): Promise<void> {
  const { user, op, channel } = caller;
  const { execution, rate, durationSeconds, until, reason } = command;
  const ask = { user, op, channel: channel ?? '', execution, rate, durationSeconds, until, reason };
  const asked = await requestThrottle(bot, ask);
  await caller.say((await requestOutcomeWords(bot, user, asked)).text);
}

const ASKED_BEFORE = 'This was asked already: see the channel.';

/** What came of asking. The same again is told so: whoever was to answer the first time may be gone. */
export async function requestOutcomeWords(bot: Bot, user: string, asked: Asked): Promise<Words> {
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
      return refusalReply(bot, user, asked.refusal, asked.other);
    case 'cannot-post':
      return cannotPostWords(asked.why, bot.identity.botUser);
    case 'repeated':
      return { text: asked.request === null ? REFUSED_BEFORE : ASKED_BEFORE, field: null };
  }
}
