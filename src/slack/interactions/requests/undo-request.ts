import type { RequestThrottleDeps } from '../../../workflow/commands/consider-request.ts';
import { undoRequest } from '../../../workflow/commands/undo-request.ts';
import type { Command } from '../../command-text/command.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { refusalReply } from '../../replies/refusal-replies.ts';
import { type RequestOutcomeDeps, requestOutcomeWords } from '../../replies/request-outcome-words.ts';
import { openRequestSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { code } from '../../views/text/text.ts';

type UndoDeps = RequestThrottleDeps & RequestOutcomeDeps;

/** `undo <request id>` */
export async function undoTyped(
  deps: UndoDeps,
  caller: Caller,
  command: Extract<Command, { kind: 'undo' }>,
): Promise<void> {
  await undo(deps, caller, command.request, caller.channel ?? '');
}

/** `Undo` on a result: the same, in the channel of the result. */
export async function undoClicked(deps: UndoDeps & SealDeps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  await undo(deps, caller, id, click.message?.channel ?? caller.channel ?? '');
}

async function undo(deps: UndoDeps, caller: Caller, request: string, channel: string): Promise<void> {
  const { user, op } = caller;
  const undone = await undoRequest(deps, { request, user, channel, op });
  if (undone.kind === 'reverting')
    return caller.say(`Ending the limit of request ${code(request)}. Its card shows the result.`);
  if (undone.kind === 'repeated' && !('request' in undone)) return;
  const words =
    undone.kind === 'refused'
      ? await refusalReply(deps, user, undone.refusal, undone.other)
      : await requestOutcomeWords(deps, user, undone);
  await caller.say(words.text);
}
