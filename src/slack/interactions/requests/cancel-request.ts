import { cancelRequest } from '../../../workflow/commands/cancel-request.ts';
import type { Clock, Ledger, People, PolicySource } from '../../../workflow/ports.ts';
import type { Background } from '../../context/background.ts';
import type { CardRefresher } from '../../posting/card-copies.ts';
import { decidedWords } from '../../wording/decision-words.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { withNameablePeople } from '../../replies/refusal-replies.ts';
import { openRequestSeal, type SealDeps } from '../../seals/sealed-ids.ts';

interface Deps extends SealDeps, Background {
  ledger: Ledger;
  people: People;
  policy: PolicySource;
  clock: Clock;
  notifier: CardRefresher;
}

/** `Cancel` on a card. The card itself says that it worked. */
export async function cancel(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  const decided = await cancelRequest(deps, { request: id, user: caller.user, op: caller.op });
  if (decided.kind === 'refused') await caller.say(decidedWords(await withNameablePeople(deps, decided)).text);
  // What was decided stands, whatever comes of its message.
  if (click.message) deps.background(deps.notifier.refreshCopy(id, click.message));
}
