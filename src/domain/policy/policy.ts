import { UNLIMITED } from '../rate/rate.ts';
import type { Limits } from './use-limits.ts';

/** People by Slack user id, and by user group id. */
export interface Principals {
  users: string[];
  groups: string[];
}

/** What a change does to the limit in force. */
export type Direction = 'lower' | 'raise' | 'unlimited';

/** One rule of the policy file; rates in bytes per second, times in seconds. */
export interface Rule {
  name: string;
  /** Every key given must hold; the entries of one are alternatives. */
  match: { accounts?: string[]; regions?: string[]; tasks?: string[]; channels?: string[] };
  /** Null: any full member of the workspace. */
  requesters: Principals | null;
  approvers: Principals;
  /** Approvals needed; `unlimited` null: removing the limit is not allowed. */
  approvals: { lower: number; raise: number; unlimited: number | null };
  rate: { min: number | null; max: number | null };
  maxDurationSeconds: number | null;
  reason: 'required' | 'optional';
  expiresInSeconds: number;
  /** Approvers are reminded of what they have not decided. */
  reminders: boolean;
  /** Also in channels with people of other organizations (Slack Connect). */
  shared: boolean;
  /** The role to assume for this rule; null: the bot's own credentials. */
  role: string | null;
}

export interface Policy {
  version: 1;
  limits: Limits;
  /** Who may see what runs and what was requested. Null: any full member. */
  viewers: Principals | null;
  /** Null: any full member may look things up. */
  audit: { readers: Principals | null };
  /** The first that matches decides. */
  rules: Rule[];
}

/** The first rule that matches; null: the change is refused. */
export function matchRule(
  policy: { readonly rules: readonly Rule[] },
  target: { account: string; region: string; task: string; channel: string },
): Rule | null {
  const holds = (allowed: string[] | undefined, value: string) => allowed === undefined || allowed.includes(value);
  const found = policy.rules.find(
    ({ match }) =>
      holds(match.accounts, target.account) &&
      holds(match.regions, target.region) &&
      holds(match.tasks, target.task) &&
      holds(match.channels, target.channel),
  );
  return found ?? null;
}

export function directionOf(from: number, to: number): Direction {
  if (to === UNLIMITED) return 'unlimited';
  return from === UNLIMITED || to < from ? 'lower' : 'raise';
}

/** Approvals needed; null where the rule doesn't allow to remove the limit. */
export function approvalsNeeded(of: Rule, direction: Direction): number | null {
  return of.approvals[direction];
}

/** Null when the rule allows the rate, else its bounds. No limit at all is bounded by `approvals` alone. */
export function checkRate(of: Rule, to: number): null | Rule['rate'] {
  const { min, max } = of.rate;
  if (to === UNLIMITED) return null;
  return (min !== null && to < min) || (max !== null && to > max) ? { min, max } : null;
}

/** Somebody in Slack, as the workspace knows them at the moment. */
export interface Person {
  team: string;
  user: string;
  /** Their id in the whole organization, which they have beside the workspace's; absent or null where Slack names none. */
  enterprise?: string | null;
  name: string;
  /** The IANA zone of their clock, where Slack names one. */
  zone?: string;
  kind: 'member' | 'guest' | 'stranger' | 'other-team' | 'deactivated' | 'bot';
}

/** What tells people apart. A stored id alone is one too, and then its owner's other ids are not known. */
export type PersonIds = Pick<Person, 'user' | 'enterprise'>;

/** People by the id that they were looked up under. Absent: Slack could not say. */
export type People = ReadonlyMap<string, Person>;

/** One person may have two ids in one organization: Slack names one, both or either in events, groups and policies. */
export function samePerson(one: PersonIds, other: PersonIds): boolean {
  return one.user === other.user || personKey(one) === personKey(other);
}

/** The same for every id of one person. */
export function personKey({ user, enterprise }: PersonIds): string {
  return enterprise ?? user;
}

/** Whoever a record names, with their other id where it is known. */
export function known(named: { user: string }, people: People): PersonIds {
  return people.get(named.user) ?? { user: named.user };
}

/**
 * The members of each user group that was looked up. Null: Slack could not say just now. `unreadable`: it has no such group,
 * or does not let the bot read it, and waiting mends neither.
 */
export type Groups = ReadonlyMap<string, readonly string[] | 'unreadable' | null>;

export type Membership = 'yes' | 'no' | 'unknown';

/** Why somebody may not. */
export type Denial =
  | Exclude<Person['kind'], 'member'>
  | 'not-a-requester'
  | 'not-an-approver'
  | 'not-a-reader'
  | 'not-a-viewer'
  | 'requester';

/** `unknown-groups`: Slack can't say who is in a group that decides, so nobody is let through. */
export type Permission = { allowed: true } | { allowed: false; why: Denial | 'unknown-groups'; rule: Rule | null };

/** The user groups that must be looked up before the questions below can be answered. */
export function groupsOf(of: Rule | Principals | null): string[] {
  if (of === null) return [];
  return 'groups' in of ? distinct(of.groups) : distinct([...(of.requesters?.groups ?? []), ...of.approvers.groups]);
}

/** Whether a person is named, alone or by a group. A group that wasn't looked up counts as unknown. */
export function isAmong(principals: Principals, person: PersonIds, groups: Groups): Membership {
  const named = (users: readonly string[] | null) => users?.some((user) => samePerson({ user }, person)) ?? false;
  if (named(principals.users)) return 'yes';
  const members = principals.groups.map((group) => membersOf(groups, group));
  if (members.some(named)) return 'yes';
  return members.includes(null) ? 'unknown' : 'no';
}

/** Null: not known. */
export function membersOf(groups: Groups, group: string): readonly string[] | null {
  const members = groups.get(group) ?? null;
  return members === 'unreadable' ? null : members;
}

/** Every group that the policy names. */
export function groupsNamed({ viewers, audit, rules }: Policy): string[] {
  return distinct([...groupsOf(viewers), ...groupsOf(audit.readers), ...rules.flatMap((rule) => groupsOf(rule))]);
}

/** The groups among these that stay unknown until a person puts the policy, or the app, right. */
export function unreadableOf(of: Rule | Principals | null, groups: Groups): string[] {
  return groupsOf(of).filter((group) => groups.get(group) === 'unreadable');
}

export function mayRequest(rule: Rule, person: Person, groups: Groups): Permission {
  return permission(rule.requesters, person, groups, 'not-a-requester', rule);
}

/** Never the requester, whatever the rule says, under none of their ids. */
export function mayDecide(rule: Rule, person: Person, requester: PersonIds, groups: Groups): Permission {
  if (person.kind === 'member' && samePerson(person, requester)) return { allowed: false, why: 'requester', rule };
  return permission(rule.approvers, person, groups, 'not-an-approver', rule);
}

export function mayRead(policy: Policy, person: Person, groups: Groups): Permission {
  return permission(policy.audit.readers, person, groups, 'not-a-reader', null);
}

/** May this person see what runs and what was requested? */
export function mayView(policy: Policy, person: Person, groups: Groups): Permission {
  return permission(policy.viewers, person, groups, 'not-a-viewer', null);
}

/** `allowed` null: any full member. */
function permission(
  allowed: Principals | null,
  person: Person,
  groups: Groups,
  otherwise: Denial,
  rule: Rule | null,
): Permission {
  if (person.kind !== 'member') return { allowed: false, why: person.kind, rule };
  const among = allowed === null ? 'yes' : isAmong(allowed, person, groups);
  if (among === 'yes') return { allowed: true };
  return { allowed: false, why: among === 'unknown' ? 'unknown-groups' : otherwise, rule };
}

export function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
