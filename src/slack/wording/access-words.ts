import type { NotViewed } from '../../workflow/people/may-view.ts';
import { mentions } from '../views/text/people-words.ts';
import { code, listed } from '../views/text/text.ts';

const MAX_GROUPS = 10;

/** For guests and outsiders. It reveals nothing about the policy, executions or people. */
export const OUTSIDER = 'Only full members of this workspace can use this app. Nothing was changed.';

/** `whose`: which part of the policy names the groups; `so`: the consequence. */
export function unreadableWords(groups: readonly string[], whose: string, so: string): string {
  const [one, they] = groups.length === 1 ? ['The user group', 'doesn’t'] : ['The user groups', 'don’t'];
  const names = listed(groups.slice(0, MAX_GROUPS).map(code));
  return `${one} ${names} of ${whose} ${they} exist, or can’t be read by me, so ${so} Waiting won’t help: whoever keeps the policy has to name the right group, or whoever installed the app has to grant \`usergroups:read\`.`;
}

/** Why somebody may not view executions and requests; mrkdwn. */
export function notViewedWords(not: NotViewed): string {
  if (not.kind === 'not-a-viewer') {
    return `You can’t view transfers and requests: the policy’s \`viewers\` doesn’t include you. You can still make requests where a rule allows it.\nAllowed viewers: ${mentions(not.viewers)}.`;
  }
  if (not.unreadable.length > 0) return unreadableWords(not.unreadable, '`viewers`', 'nothing is shown.');
  return 'Slack can’t confirm the policy’s `viewers` right now, so nothing is shown. Try again in a minute.';
}

/** Slack does not say who is in the approver groups, so it is unknown whether there are enough approvers. */
export function approversUnknown(rule: string): string {
  return `Slack didn’t say who the approvers of ${rule} are, so we can’t tell whether there are enough. Request not created; the limit is unchanged. Try again in a minute.`;
}

export function sharedChannel(rule: string): string {
  return `This channel is shared with another organization, and ${rule} doesn’t allow requests in shared channels. Request not created; the limit is unchanged. Use a channel of your own organization.`;
}
