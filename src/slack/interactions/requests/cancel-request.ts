import { cancelRequest } from '../../../workflow/commands/cancel-request.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import type { People } from '../../../workflow/ports/people.ts';
import type { PolicySource } from '../../../workflow/ports/policy-source.ts';
import type { Background } from '../../context/background.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import type { CardRefresher } from '../../posting/card-copies.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { withNameablePeople } from '../../replies/refusal-replies.ts';
import { openRequestSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { decidedWords } from '../../wording/decision-words.ts';

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
  // The decision is on record, even if its message can’t be edited.
  if (click.message) deps.background(deps.notifier.refreshCopy(id, click.message));
}
