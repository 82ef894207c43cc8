import { revertNow } from '../../workflow/revert-now.ts';
import { type Bot, type Caller, type Click, openRequestSeal } from '../bot.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { refusalReply } from '../refusal-replies.ts';

/** `Revert now` on a card or a warning. The card itself says how it goes on. */
export async function revert(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return replyInvalidButton(caller);
  const reverting = await revertNow(bot, { request: id, user: caller.user, op: caller.op });
  if (reverting.kind === 'refused') {
    await caller.say((await refusalReply(bot, caller.user, reverting.refusal, reverting.other)).text);
  }
}
