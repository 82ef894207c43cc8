import type { ExecutionArn } from '../../domain/execution/task-execution.ts';
import {
  approvalsNeeded,
  checkRate,
  type Direction,
  directionOf,
  isAmong,
  matchRule,
  type Policy,
  type Principals,
  type Rule,
} from '../../domain/policy/policy.ts';
import { approverIds } from '../../domain/policy/possible-approvers.ts';
import { formatRate, type RequestedRate, resolveRate, UNLIMITED } from '../../domain/rate/rate.ts';
import { formatDuration } from '../../domain/time/duration.ts';

/** A request as far as it is known without Slack and AWS. */
export interface Question {
  user: string;
  /** Null: any. */
  channel: string | null;
  execution: ExecutionArn;
  rate: RequestedRate;
  /** The limit in force; null: not known. */
  current: number | null;
}

/** Groups are not looked up. */
const NO_GROUPS = new Map<string, null>();
const DOES: Record<Direction, string> = { lower: 'to lower the limit', raise: 'to raise it', unlimited: 'to lift it' };

/** The rules that could decide: one if the channel is given, otherwise one for each set of channels with the same rule. */
export function scenarios(policy: Policy, { channel, execution }: Question): { where: string; rule: Rule | null }[] {
  const { account, region, taskId: task } = execution;
  const ruleIn = (place: string) => matchRule(policy, { account, region, task, channel: place });
  if (channel !== null) return [{ where: `In ${channel}`, rule: ruleIn(channel) }];
  const elsewhere = ruleIn('');
  const named = [...new Set(policy.rules.flatMap(({ match }) => match.channels ?? []))];
  const byRule = new Map<Rule | null, string[]>();
  for (const place of named) byRule.set(ruleIn(place), [...(byRule.get(ruleIn(place)) ?? []), place]);
  byRule.delete(elsewhere);
  const inSome = [...byRule].map(([rule, channels]) => ({ where: `In ${channels.join(', ')}`, rule }));
  return [...inSome, { where: inSome.length === 0 ? 'In any channel' : 'In any other channel', rule: elsewhere }];
}

/** What one rule says about the request, as pairs of name and text; the verdict last. */
export function explainRule(rule: Rule, question: Question): [string, string][] {
  const asker = askerWords(rule, question);
  const rate = rateWords(rule, question);
  const approvals = directionsOf(question).map((direction) => approvalWords(rule, direction, question));
  const parts = [asker, rate, ...(approvals.length === 1 ? approvals : [])];
  const refused =
    parts.find(({ may }) => may === 'no') ?? (approvals.every(({ may }) => may === 'no') ? approvals[0] : null);
  const verdict = refused
    ? `refused: ${refused.words}`
    : [...parts, ...approvals].every(({ may }) => may === 'yes')
      ? 'allowed'
      : 'allowed or not by what is not known here, as above';
  return [
    ['may ask', asker.words],
    ['rate', rate.words],
    ['approvals', approvals.map(({ words }) => words).join('; ')],
    ['from', `${approverWords(rule.approvers)}; never ${question.user}, who asks`],
    ['reason', rule.reason === 'required' ? 'has to be given' : 'may be left out'],
    ['for', rule.maxDurationSeconds === null ? 'any duration' : `at most ${formatDuration(rule.maxDurationSeconds)}`],
    ['expires', `${formatDuration(rule.expiresInSeconds)} after it was asked, and again after it was agreed`],
    [
      'Slack Connect',
      rule.shared
        ? 'also in channels shared with other organizations'
        : 'not in channels shared with other organizations',
    ],
    ['reminders', rule.reminders ? 'after a third and two thirds of that time' : 'none'],
    ['role', rule.role ?? "the bot's own credentials"],
    ['verdict', verdict],
  ];
}

interface Part {
  may: 'yes' | 'no' | 'depends';
  words: string;
}

function askerWords({ requesters }: Rule, { user }: Question): Part {
  if (requesters === null) return { may: 'yes', words: 'yes: any full member of the workspace may' };
  switch (isAmong(requesters, { user }, NO_GROUPS)) {
    case 'yes':
      return { may: 'yes', words: `yes: ${user} is one of the rule's requesters` };
    case 'no':
      return { may: 'no', words: `${user} is none of the rule's requesters (${peopleWords(requesters)})` };
    case 'unknown':
      return { may: 'depends', words: `if ${user} is ${memberOf(requesters.groups)}` };
  }
}

function rateWords(rule: Rule, { rate, current }: Question): Part {
  const { min, max } = rule.rate;
  const least = min === null ? null : `at least ${formatRate(min)}`;
  const most = max === null ? null : `at most ${formatRate(max)}`;
  const bounds = [least, most].filter((bound) => bound !== null).join(' and ') || 'any';
  let to = rate.kind === 'absolute' ? rate.bytesPerSecond : null;
  if (current !== null) {
    const resolved = resolveRate(rate, current);
    if (!resolved.ok)
      return { may: 'no', words: `${resolved.problem.quoted} is not possible now: ${resolved.problem.instead}` };
    to = resolved.value;
    if (to === current)
      return {
        may: 'depends',
        words: `${formatRate(to)} is the limit in force: only if that reverts before this one ends`,
      };
  }
  if (to === UNLIMITED) return { may: 'yes', words: 'unlimited, which the bounds of the rule are not about' };
  if (to === null) return { may: 'depends', words: `${bounds}; the limit in force is not known here (--current)` };
  return checkRate(rule, to) === null
    ? { may: 'yes', words: `within the rule (${bounds})` }
    : { may: 'no', words: `${formatRate(to)} is outside the rule (${bounds})` };
}

/** What the change could be; where the current limit isn't known, each direction that is possible. */
function directionsOf({ rate, current }: Question): Direction[] {
  const resolved = current === null ? null : resolveRate(rate, current);
  if (current !== null && resolved?.ok) return [directionOf(current, resolved.value)];
  if (rate.kind === 'absolute') return rate.bytesPerSecond === UNLIMITED ? ['unlimited'] : ['lower', 'raise'];
  return [rate.percent < 100 ? 'lower' : 'raise'];
}

function approvalWords(rule: Rule, direction: Direction, { user }: Question): Part {
  const needed = approvalsNeeded(rule, direction);
  if (needed === null) return { may: 'no', words: 'the rule does not allow to lift the limit' };
  const words = `${needed} ${DOES[direction]}`;
  // Everybody who is named counts as a full member, with one id each.
  const named = approverIds(rule, NO_GROUPS).filter((id) => id !== user);
  if (needed === 0 || named.length >= needed) return { may: 'yes', words };
  if (rule.approvers.groups.length > 0)
    return { may: 'depends', words: `${words} (if the groups have enough members beside ${user})` };
  return { may: 'no', words: `${words}, and beside ${user} only ${named.length} could give them` };
}

function approverWords(approvers: Principals): string {
  return peopleWords(approvers) || 'nobody, since none is needed';
}

function peopleWords({ users, groups }: Principals): string {
  return [...users, ...(groups.length > 0 ? [memberOf(groups)] : [])].join(', ');
}

function memberOf(groups: readonly string[]): string {
  return `a member of ${groups.join(' or ')}`;
}
