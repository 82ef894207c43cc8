import type { Rule } from '../../domain/policy/policy.ts';
import type { Refusal } from '../../domain/request/refusal.ts';
import type { People } from '../ports/people.ts';
import { nameable } from './known-people.ts';

/** The same refusal for a message: of the people that its rule names, only those who may do it are left. */
export async function namedRefusal<R extends Refusal>(people: Pick<People, 'lately'>, refusal: R): Promise<R> {
  if (!('rule' in refusal) || refusal.rule === null) return refusal;
  const { rule } = refusal as { rule: Rule };
  const [approvers, requesters] = await Promise.all([
    nameable(people, rule.approvers),
    rule.requesters && nameable(people, rule.requesters),
  ]);
  return { ...refusal, rule: { ...rule, approvers, requesters } };
}
