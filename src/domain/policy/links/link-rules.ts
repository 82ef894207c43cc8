import type { TaskArn } from '../../execution/task-arn.ts';
import { isForChannel, isForLinks, isForTask, type Rule } from '../policy.ts';

interface Rules {
  readonly rules: readonly Rule[];
}

/** The first matching rule for a link; null: the change is refused. */
export function matchLinkRule(policy: Rules, { link, channel }: { link: string; channel: string }): Rule | null {
  return linkRulesIn(policy, channel).find(({ match }) => match.links?.includes(link)) ?? null;
}

/** The rules for links in a channel. */
export function linkRulesIn({ rules }: Rules, channel: string): Rule[] {
  return rules.filter((rule) => isForLinks(rule) && isForChannel(rule, channel));
}

/** The rules that name a link for certain channels only. */
export function linkRulesElsewhere({ rules }: Rules, link: string): Rule[] {
  return rules.filter(({ match }) => match.links?.includes(link) && match.channels !== undefined);
}

/**
 * The first rule that names the account, Region and id of a task, in whatever channel: executions of a link's member are
 * read and changed under its role. Null: nothing of this task may be changed.
 */
export function memberRule<R extends Pick<Rule, 'match'>>(
  { rules }: { readonly rules: readonly R[] },
  { account, region, taskId: task }: Pick<TaskArn, 'account' | 'region' | 'taskId'>,
): R | null {
  return rules.find((rule) => isForTask(rule, { account, region, task })) ?? null;
}
