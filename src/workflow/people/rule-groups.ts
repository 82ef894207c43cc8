import { distinct, groupsOf, type Person, type Principals, type Rule, samePerson } from '../../domain/policy/policy.ts';

/** The user groups that several rules name, each once. */
export function groupsOfAll(rules: readonly (Rule | null)[]): string[] {
  return distinct(rules.flatMap((rule) => groupsOf(rule)));
}

/**
 * The user groups that must be looked up to tell whether this person is among each of these, each group once: none where
 * the person is named, or is no full member. Null: any full member is.
 */
export function groupsToLookUp(person: Person, each: readonly (Principals | null | undefined)[]): string[] {
  if (person.kind !== 'member') return [];
  const open = each.filter((principals) => principals != null);
  const named = ({ users }: Principals) => users.some((user) => samePerson({ user }, person));
  return distinct(open.filter((principals) => !named(principals)).flatMap(({ groups }) => groups));
}
