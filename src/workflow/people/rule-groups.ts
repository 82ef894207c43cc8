import { distinct, groupsOf, type Rule } from '../../domain/policy/policy.ts';

/** The user groups that several rules name, each once. */
export function groupsOfAll(rules: readonly (Rule | null)[]): string[] {
  return distinct(rules.flatMap((rule) => groupsOf(rule)));
}

/** The user groups that decide who may approve by these rules, each once. */
export function approverGroups(rules: readonly (Rule | null)[]): string[] {
  return distinct(rules.flatMap((rule) => rule?.approvers.groups ?? []));
}
