import { revertNow } from '../../workflow/revert-now.ts';
import { type Bot, type Caller, type Click, openRequestSeal } from '../bot.ts';
import { refusedWords } from '../named.ts';
import { sayTooOld } from '../too-old.ts';

/** `Revert now` on a card or a warning. The card itself says how it goes on. */
export async function revert(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return sayTooOld(caller);
  const reverting = await revertNow(bot, { request: id, user: caller.user, op: caller.op });
  if (reverting.kind === 'refused') {
    await caller.say((await refusedWords(bot, caller.user, reverting.refusal, reverting.other)).text);
  }
}
