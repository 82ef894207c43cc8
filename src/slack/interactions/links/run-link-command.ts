import type { Link } from '../../../domain/link/link.ts';
import { nameable } from '../../../workflow/people/known-people.ts';
import {
  type CapacityPreviewed,
  type PreviewCapacityDeps,
  previewCapacity,
} from '../../../workflow/queries/links/preview-capacity.ts';
import type { Command, TargetedCommand } from '../../command-text/command.ts';
import type { Identity } from '../../connection/identify.ts';
import type { Caller } from '../../context/interaction.ts';
import { type RefusalReplyDeps, refusalReply } from '../../replies/refusal-replies.ts';
import { capacityPreview } from '../../views/links/capacity-preview.ts';
import { code } from '../../views/text/text.ts';
import { OUTSIDER } from '../../wording/access-words.ts';
import { isOfLinksAlone, linkRefusalWords } from '../../wording/link-refusal-words.ts';
import { cannotPostWords } from '../../wording/reply-words.ts';
import { statusOfLink } from './show-link-status.ts';

type Deps = PreviewCapacityDeps & RefusalReplyDeps & { identity: Identity };

interface LinkCommand {
  link: Link;
  command: TargetedCommand;
}

/** A command that names a link, with the link; null: it names none. */
export function linkCommandOf({ policy }: Pick<Deps, 'policy'>, command: Command): LinkCommand | null {
  if (!('target' in command) || command.target?.kind !== 'name') return null;
  const { name } = command.target;
  const link = policy.current().policy.links.find((one) => one.name === name);
  return link ? { link, command } : null;
}

/** Runs a command that names a link in place of an execution. */
export async function runLinkCommand(deps: Deps, caller: Caller, { link, command }: LinkCommand): Promise<void> {
  if ((await deps.people.person(caller.user)).kind !== 'member') return caller.say(OUTSIDER);
  switch (command.kind) {
    case 'status':
      return caller.say(await statusOfLink(deps, link));
    case 'why':
      return showCapacityPreview(deps, caller, { link, command });
    case 'ask':
    case 'open-modal':
      return caller.say(
        `${code(link.name)} is a link, and another capacity of a link can’t be requested yet. Nothing was requested. To see its capacity: \`/datasync-throttle status ${link.name}\`. To limit one execution, use its id or ARN, also where its task has this name.`,
      );
  }
}

async function showCapacityPreview(
  deps: Deps,
  caller: Caller,
  { link, command }: { link: Link; command: Extract<Command, { kind: 'why' }> },
): Promise<void> {
  const { user } = caller;
  const { rate, durationSeconds, until } = command;
  const ask = { user, channel: caller.channel ?? '', link: link.name, rate, durationSeconds, until };
  const preview = await previewCapacity(deps, ask);
  if (preview.kind === 'would-request') {
    const approvers = await nameable(deps.people, preview.rule.approvers, { user });
    return caller.say(capacityPreview({ preview, approvers, user }));
  }
  const words =
    preview.kind === 'cannot-post'
      ? cannotPostWords(preview.why, deps.identity.botUser).text
      : await refusedWords(deps, user, preview);
  return caller.say(`*Preview: this request would be refused.* Nothing is recorded.\n${words}`);
}

async function refusedWords(
  deps: Deps,
  user: string,
  { refusal, other }: Extract<CapacityPreviewed, { kind: 'refused' }>,
): Promise<string> {
  return isOfLinksAlone(refusal)
    ? linkRefusalWords(refusal, other)
    : (await refusalReply(deps, user, refusal, other)).text;
}
