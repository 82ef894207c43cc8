import { cancelRequest } from '../../workflow/cancel-request.ts';
import { type Bot, type Caller, type Click, openRequestSeal } from '../bot.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { named } from '../refusal-replies.ts';
import { decidedWords } from './submit-review.ts';

/** `Cancel` on a card. The card itself says that it worked. */
export async function cancel(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return replyInvalidButton(caller);
  const decided = await cancelRequest(bot, { request: id, user: caller.user, op: caller.op });
  if (decided.kind === 'refused') await caller.say(decidedWords(await named(bot, decided)).text);
  // What was decided stands, whatever comes of its message.
  if (click.message) bot.background(bot.notifier.refreshCopy(id, click.message));
}
