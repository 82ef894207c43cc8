import { revertNow } from '../../../workflow/commands/revert-now.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { type RefusalReplyDeps, refusalReply } from '../../replies/refusal-replies.ts';
import { openRequestSeal, type SealDeps } from '../../seals/sealed-ids.ts';

type Deps = RefusalReplyDeps & SealDeps & { ledger: Ledger; clock: Clock };

/** `Revert now` on a card or a warning. The card itself says how it goes on. */
export async function revert(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  const reverting = await revertNow(deps, { request: id, user: caller.user, op: caller.op });
  if (reverting.kind === 'refused') {
    await caller.say((await refusalReply(deps, caller.user, reverting.refusal, reverting.other)).text);
  }
}
