import { undoRequest } from '../../workflow/undo-request.ts';
import { type Bot, type Caller, type Click, openRequestSeal } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { requestOutcomeWords } from './request-by-command.ts';

/** `undo <request id>` */
export async function undoTyped(bot: Bot, caller: Caller, command: Extract<Command, { kind: 'undo' }>): Promise<void> {
  await undo(bot, caller, command.request, caller.channel ?? '');
}

/** `Undo` on a result: the same, in the channel that it stands in. */
export async function undoClicked(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return replyInvalidButton(caller);
  await undo(bot, caller, id, click.message?.channel ?? caller.channel ?? '');
}

async function undo(bot: Bot, caller: Caller, request: string, channel: string): Promise<void> {
  const { user, op } = caller;
  const words = await requestOutcomeWords(bot, user, await undoRequest(bot, { request, user, channel, op }));
  await caller.say(words.text);
}
