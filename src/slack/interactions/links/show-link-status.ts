import type { Clock } from '../../../workflow/ports/clock.ts';
import type { PolicySource } from '../../../workflow/ports/policy-source.ts';
import { linkOutlook } from '../../../workflow/queries/links/link-outlook.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openModal } from '../../replies/modal-updates.ts';
import { openLinkSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { linkStatusMessage } from '../../views/links/link-status.ts';
import { messageModal } from '../../views/modals/notices.ts';
import { code } from '../../views/text/text.ts';

interface Deps extends SealDeps {
  clients: SlackClients;
  clock: Clock;
  policy: PolicySource;
}

/** `Status` beside a link: what `status <link>` answers. */
export async function showLinkStatus(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const name = openLinkSeal(deps, click.value);
  if (name === null) return replyInvalidButton(caller);
  const link = deps.policy.current().policy.links.find((one) => one.name === name);
  if (!link)
    return caller.say(
      `The policy no longer has a link named ${code(name)}. To see the links: \`/datasync-throttle list\`.`,
    );
  const message = linkStatusMessage({ link, outlook: await linkOutlook(link, deps.clock.now()) });
  // In the Home tab there is no message to answer beside.
  if (click.view === null) return caller.say(message);
  await openModal(deps, caller, messageModal('Link status', message));
}
