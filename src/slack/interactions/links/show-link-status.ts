import { sinceWhen } from '../../../domain/link/decide-window.ts';
import type { Link } from '../../../domain/link/link.ts';
import { ifAway } from '../../../workflow/faults.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import type { PolicySource } from '../../../workflow/ports/policy-source.ts';
import { linkOutlook } from '../../../workflow/queries/links/link-outlook.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openModal } from '../../replies/modal-updates.ts';
import { openLinkSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { linkStatusMessage } from '../../views/links/link-status.ts';
import { messageModal } from '../../views/modals/notices.ts';
import { code, type MessageView } from '../../views/text/text.ts';

const SEE_LINKS = 'To see the links, use `/datasync-throttle list`.';

type StatusDeps = { clock: Clock; ledger: Pick<Ledger, 'link'> };
type Deps = StatusDeps & SealDeps & { clients: SlackClients; policy: PolicySource };

/** What `status <link>` answers, and the button beside a link too. */
export async function statusOfLink({ clock, ledger }: StatusDeps, link: Link): Promise<MessageView> {
  const [outlook, stored] = await Promise.all([
    linkOutlook(link, clock.now()),
    // Since when is left out where Redis does not say.
    ledger.link(link.name).catch(ifAway),
  ]);
  return linkStatusMessage({ link, outlook, since: sinceWhen(outlook.due, stored?.state ?? null) });
}

/** `Status` beside a link. */
export async function showLinkStatus(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const name = openLinkSeal(deps, click.value);
  if (name === null) return replyInvalidButton(caller);
  const link = deps.policy.current().policy.links.find((one) => one.name === name);
  if (!link) return caller.say(`The policy no longer has a link named ${code(name)}. ${SEE_LINKS}`);
  const message = await statusOfLink(deps, link);
  // In the Home tab there is no message to answer beside.
  if (click.view === null) return caller.say(message);
  await openModal(deps, caller, messageModal('Link status', message));
}
