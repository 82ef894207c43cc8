import type { TaskArn } from '../../execution/task-arn.ts';
import { executionRules, isForLinks, type Rule } from '../policy.ts';

/** The first matching rule for a link; null: the change is refused. */
export function matchLinkRule(
  { rules }: { readonly rules: readonly Rule[] },
  { link, channel }: { link: string; channel: string },
): Rule | null {
  const found = rules.find(
    (rule) => isForLinks(rule) && rule.match.links?.includes(link) && (rule.match.channels?.includes(channel) ?? true),
  );
  return found ?? null;
}

/**
 * The first rule that names the account, Region and id of a task, in whatever channel: executions of a link's member are
 * read and changed under its role. Null: nothing of this task may be changed.
 */
export function memberRule<R extends Pick<Rule, 'match'>>(
  policy: { readonly rules: readonly R[] },
  { account, region, taskId }: Pick<TaskArn, 'account' | 'region' | 'taskId'>,
): R | null {
  const holds = (allowed: string[] | undefined, value: string) => allowed === undefined || allowed.includes(value);
  const found = executionRules(policy).find(
    ({ match }) => holds(match.accounts, account) && holds(match.regions, region) && holds(match.tasks, taskId),
  );
  return found ?? null;
}

/** The rules that name a link for certain channels only. */
export function linkRulesElsewhere({ rules }: { readonly rules: readonly Rule[] }, link: string): Rule[] {
  return rules.filter(({ match }) => match.links?.includes(link) && match.channels !== undefined);
}

/** The rules for links in a channel. */
export function linkRulesIn({ rules }: { readonly rules: readonly Rule[] }, channel: string): Rule[] {
  return rules.filter((rule) => isForLinks(rule) && (rule.match.channels?.includes(channel) ?? true));
}
