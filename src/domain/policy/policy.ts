import type { Link } from '../link/link.ts';
import { UNLIMITED } from '../rate/rate.ts';
import type { Limits } from './use-limits.ts';

/** People by Slack user id, and by user group id. */
export interface Principals {
  users: string[];
  groups: string[];
}

/** How a change affects the current limit. */
export type Direction = 'lower' | 'raise' | 'unlimited';

/** One rule of the policy file; rates in bytes per second, times in seconds. */
export interface Rule {
  name: string;
  /** All given keys must match; the entries of one key are alternatives. With `links` the rule is for those, and for no execution. */
  match: { accounts?: string[]; regions?: string[]; tasks?: string[]; channels?: string[]; links?: string[] };
  /** Null: any full member of the workspace. */
  requesters: Principals | null;
  approvers: Principals;
  /** Approvals needed; `unlimited` null: removing the limit is not allowed. */
  approvals: { lower: number; raise: number; unlimited: number | null };
  rate: { min: number | null; max: number | null };
  maxDurationSeconds: number | null;
  reason: 'required' | 'optional';
  expiresInSeconds: number;
  /** Approvers are reminded of undecided requests. */
  reminders: boolean;
  /** Also in channels with people of other organizations (Slack Connect). */
  shared: boolean;
  /** The role to assume for this rule; null: the bot's own credentials. */
  role: string | null;
}

export interface Policy {
  version: 1;
  limits: Limits;
  /** Who may view all executions and requests. Null: any full member. */
  viewers: Principals | null;
  /** They may end the limits of others early. */
  admins: Principals;
  /** Null: any full member may read the audit log. */
  audit: { readers: Principals | null };
  links: Link[];
  /** The first matching rule decides. */
  rules: Rule[];
}

export function isForLinks({ match }: Pick<Rule, 'match'>): boolean {
  return match.links !== undefined;
}

/** The rules by which executions are found, seen and changed. */
export function executionRules<R extends Pick<Rule, 'match'>>({ rules }: { readonly rules: readonly R[] }): R[] {
  return rules.filter((rule) => !isForLinks(rule));
}

/** The first matching rule for an execution; null: the change is refused. */
export function matchRule(
  policy: { readonly rules: readonly Rule[] },
  target: { account: string; region: string; task: string; channel: string },
): Rule | null {
  return policy.rules.find((rule) => isForTask(rule, target) && isForChannel(rule, target.channel)) ?? null;
}

/** Whether a rule is for the executions of a task, in whatever channel. */
export function isForTask(
  { match }: Pick<Rule, 'match'>,
  task: { account: string; region: string; task: string },
): boolean {
  return isForPlace({ match }, task) && holds(match.tasks, task.task);
}

/** Whether a rule is for executions of some tasks of an account in a Region. */
export function isForPlace({ match }: Pick<Rule, 'match'>, place: { account: string; region: string }): boolean {
  return !isForLinks({ match }) && holds(match.accounts, place.account) && holds(match.regions, place.region);
}

/** Whether a rule is for what is requested in a channel. */
export function isForChannel({ match }: Pick<Rule, 'match'>, channel: string): boolean {
  return holds(match.channels, channel);
}

function holds(allowed: readonly string[] | undefined, value: string): boolean {
  return allowed === undefined || allowed.includes(value);
}

export function directionOf(from: number, to: number): Direction {
  if (to === UNLIMITED) return 'unlimited';
  return from === UNLIMITED || to < from ? 'lower' : 'raise';
}

/** Approvals needed; null if the rule doesn't allow removing the limit. */
export function approvalsNeeded(of: Rule, direction: Direction): number | null {
  return of.approvals[direction];
}

/** Null if the rule allows the rate, otherwise its bounds. Removing the limit is restricted by `approvals` only. */
export function checkRate(of: Rule, to: number): null | Rule['rate'] {
  const { min, max } = of.rate;
  if (to === UNLIMITED) return null;
  return (min !== null && to < min) || (max !== null && to > max) ? { min, max } : null;
}

/** A person in Slack, as the workspace knows them at the moment. */
export interface Person {
  team: string;
  user: string;
  /** Their organization-wide id, in addition to the workspace's; absent or null if Slack names none. */
  enterprise?: string | null;
  name: string;
  /** The IANA time zone from their Slack profile, if any. */
  zone?: string;
  kind: 'member' | 'guest' | 'stranger' | 'other-team' | 'deactivated' | 'bot';
}

/** The ids that identify a person. A stored id alone works too; then the person's other ids are unknown. */
export type PersonIds = Pick<Person, 'user' | 'enterprise'>;

/** People by the id that was looked up. Absent: Slack did not answer. */
export type People = ReadonlyMap<string, Person>;

/**
 * Whether two sets of ids belong to one person. In an organization a person may have two ids, and Slack uses one, both
 * or either in events, groups and policies.
 */
export function samePerson(one: PersonIds, other: PersonIds): boolean {
  return one.user === other.user || personKey(one) === personKey(other);
}

/** A key that is the same for all ids of one person. */
export function personKey({ user, enterprise }: PersonIds): string {
  return enterprise ?? user;
}

/** The person named by a record, with their other id if known. */
export function known(named: { user: string }, people: People): PersonIds {
  return people.get(named.user) ?? { user: named.user };
}

/**
 * The members of each user group that was looked up. Null: Slack did not answer. `unreadable`: the group does not exist
 * or the bot may not read it, so waiting does not help.
 */
export type Groups = ReadonlyMap<string, readonly string[] | 'unreadable' | null>;

export type Membership = 'yes' | 'no' | 'unknown';

/** Why a person is not allowed. */
export type Denial =
  | Exclude<Person['kind'], 'member'>
  | 'not-a-requester'
  | 'not-an-approver'
  | 'not-a-reader'
  | 'not-a-viewer'
  | 'requester';

/** `unknown-groups`: Slack does not say who is in a deciding group, so nobody is allowed. */
export type Permission = { allowed: true } | { allowed: false; why: Denial | 'unknown-groups'; rule: Rule | null };

/** The user groups that must be looked up before the questions below can be answered. */
export function groupsOf(of: Rule | Principals | null): string[] {
  if (of === null) return [];
  return 'groups' in of ? distinct(of.groups) : distinct([...(of.requesters?.groups ?? []), ...of.approvers.groups]);
}

/** Whether a person is named, directly or through a group. A group that wasn't looked up counts as unknown. */
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

/** All groups that the policy names. */
export function groupsNamed({ viewers, admins, audit, rules }: Policy): string[] {
  return distinct([
    ...groupsOf(viewers),
    ...groupsOf(admins),
    ...groupsOf(audit.readers),
    ...rules.flatMap((rule) => groupsOf(rule)),
  ]);
}

/** Those groups that stay unknown until a person corrects the policy or the app's permissions. */
export function unreadableOf(of: Rule | Principals | null, groups: Groups): string[] {
  return groupsOf(of).filter((group) => groups.get(group) === 'unreadable');
}

export function mayRequest(rule: Rule, person: Person, groups: Groups): Permission {
  return permission(rule.requesters, person, groups, 'not-a-requester', rule);
}

/** Whether a person may decide. The requester never may, whatever the rule says and under any of their ids. */
export function mayDecide(rule: Rule, person: Person, requester: PersonIds, groups: Groups): Permission {
  if (person.kind === 'member' && samePerson(person, requester)) return { allowed: false, why: 'requester', rule };
  return permission(rule.approvers, person, groups, 'not-an-approver', rule);
}

export function mayRead(policy: Policy, person: Person, groups: Groups): Permission {
  return permission(policy.audit.readers, person, groups, 'not-a-reader', null);
}

/** Whether this person may view all executions and requests. */
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
