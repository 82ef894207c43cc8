import {
  distinct,
  type Groups,
  mayDecide,
  membersOf,
  type People,
  type Person,
  type PersonIds,
  type Rule,
  samePerson,
} from './policy.ts';

export interface PossibleApprovers {
  /** Each person once. */
  people: Person[];
  /** There may be more: Slack does not say who is in a group. */
  unknownGroups: boolean;
  /** There may be more: Slack did not answer for some person. */
  unknownPeople: boolean;
}

/**
 * The ids of all approvers of a rule, named directly or through a group, as far as Slack says. Everyone who may approve
 * is among them.
 */
export function approverIds(rule: Rule, groups: Groups): string[] {
  return distinct([
    ...rule.approvers.users,
    ...rule.approvers.groups.flatMap((group) => membersOf(groups, group) ?? []),
  ]);
}

/** Who could approve a request of `requester`: full members only, each person once, whatever ids they have. */
export function possibleApprovers(rule: Rule, requester: PersonIds, groups: Groups, known: People): PossibleApprovers {
  const found: Person[] = [];
  let unknownPeople = false;
  for (const id of approverIds(rule, groups)) {
    // The requester is left out without a look-up.
    if (samePerson({ user: id }, requester)) continue;
    const person = known.get(id);
    if (!person) unknownPeople = true;
    else if (found.every((one) => !samePerson(one, person)) && mayDecide(rule, person, requester, groups).allowed)
      found.push(person);
  }
  const unknownGroups = rule.approvers.groups.some((group) => membersOf(groups, group) === null);
  return { people: found, unknownGroups, unknownPeople };
}
