import type { SectionBlock } from '@slack/types';
import type { Actor } from '../../../domain/audit/actor.ts';
import type { Principals } from '../../../domain/policy/policy.ts';
import type { Approval } from '../../../domain/request/throttle-request.ts';
import { count } from '../../../domain/text/count.ts';
import { quotedSection } from './blocks.ts';
import { clip, escapeText, listed, mentionGroup, mentionUser, oneLine } from './text.ts';

/** More users than this are counted instead of mentioned, so that a request does not notify a whole department. */
const MAX_MENTIONS = 10;
const MAX_GROUPS = 50;
const MAX_NAME_LENGTH = 40;
const MAX_NAMES = 8;
const MAX_COMMENTS = 8;

/** A person's name, without notifying them. Null is the bot itself. */
export function personName(actor: Pick<Actor, 'user' | 'name'> | null): string {
  if (actor === null) return 'the bot';
  return escapeText(clip(oneLine(actor.name) || actor.user, MAX_NAME_LENGTH));
}

/** The names of the approvers, without notifying them; empty if nobody has approved yet. */
export function approverNames(approvals: readonly Approval[]): string {
  const left = approvals.length - MAX_NAMES;
  const names = approvals.slice(0, MAX_NAMES).map(({ by }) => personName(by));
  return listed([...names, ...(left > 0 ? [`${left} more`] : [])]);
}

/** The approvers' comments, each with its author's name. */
export function approvalComments(approvals: readonly Approval[]): SectionBlock[] {
  const written = approvals.filter(({ comment }) => comment);
  return written
    .slice(0, MAX_COMMENTS)
    .map(({ by, comment }) =>
      quotedSection(`Comment by ${clip(oneLine(by.name) || by.user, MAX_NAME_LENGTH)}`, comment ?? ''),
    );
}

/**
 * Mentions these people, without `except`. Groups are mentioned as groups; more than ten users are only counted. Null
 * principals: any full member.
 */
export function mentions(principals: Principals | null, except: string | null = null): string {
  if (principals === null) return 'any full member of this workspace';
  const users = principals.users.filter((user) => user !== except);
  const people =
    users.length > MAX_MENTIONS ? [count(users.length, 'person', 'people')] : users.map((user) => mentionUser(user));
  const left = principals.groups.length - MAX_GROUPS;
  const groups = principals.groups.slice(0, MAX_GROUPS).map(mentionGroup);
  const all = [...people, ...groups, ...(left > 0 ? [count(left, 'more group')] : [])];
  return all.length === 0 ? 'nobody' : listed(all);
}
