import { matchLinkRule } from '../../domain/policy/links/link-rules.ts';
import {
  approvalsNeeded,
  checkRate,
  type Direction,
  directionOf,
  isAmong,
  isForLinks,
  matchRule,
  type Policy,
  type Principals,
  type Rule,
} from '../../domain/policy/policy.ts';
import { approverIds } from '../../domain/policy/possible-approvers.ts';
import { formatRate, resolveRate, UNLIMITED } from '../../domain/rate/rate.ts';
import { strictestOf } from '../../domain/run/weigh-limit.ts';
import { formatDuration, MAX_DURATION } from '../../domain/time/duration.ts';
import type { Question, Subject } from './explain-question.ts';

/** Groups are not looked up. */
const NO_GROUPS = new Map<string, null>();
const WHAT: Record<Subject['kind'], string> = { execution: 'the limit', link: 'the capacity' };
const DOES: Record<Direction, (what: string) => string> = {
  lower: (what) => `to lower ${what}`,
  raise: () => 'to raise it',
  unlimited: () => 'to lift it',
};

/** The rule that decides in some channels; null: none does. */
export interface Scenario {
  where: string;
  rule: Rule | null;
}

/** The rules that could decide: one if the channel is given, otherwise one for each set of channels with the same rule. */
export function scenarios(policy: Policy, { channel, subject }: Question): Scenario[] {
  const ruleIn = (place: string) => ruleOf(policy, subject, place);
  if (channel !== null) return [{ where: `In ${channel}`, rule: ruleIn(channel) }];
  const elsewhere = ruleIn('');
  const rules = policy.rules.filter((rule) => isForLinks(rule) === (subject.kind === 'link'));
  const named = [...new Set(rules.flatMap(({ match }) => match.channels ?? []))];
  const byRule = new Map<Rule | null, string[]>();
  for (const place of named) byRule.set(ruleIn(place), [...(byRule.get(ruleIn(place)) ?? []), place]);
  byRule.delete(elsewhere);
  const inSome = [...byRule].map(([rule, channels]) => ({ where: `In ${channels.join(', ')}`, rule }));
  return [...inSome, { where: inSome.length === 0 ? 'In any channel' : 'In any other channel', rule: elsewhere }];
}

function ruleOf(policy: Policy, subject: Subject, channel: string): Rule | null {
  if (subject.kind === 'link') return matchLinkRule(policy, { link: subject.link.name, channel });
  const { account, region, taskId: task } = subject.execution;
  return matchRule(policy, { account, region, task, channel });
}

/** What one rule says about the request, as pairs of name and text; the verdict last, where it is asked for somebody's rate. */
export function explainRule(rule: Rule, question: Question): [string, string][] {
  const asker = askerWords(rule, question);
  const rate = rateWords(rule, question);
  const end = endWords(rule, question);
  const approvals = directionsOf(rule, question).map((direction) => approvalWords(rule, direction, question));
  const parts = [asker, rate, end, ...(approvals.length === 1 ? approvals : [])];
  const refused =
    parts.find(({ may }) => may === 'no') ?? (approvals.every(({ may }) => may === 'no') ? approvals[0] : null);
  const verdict = refused
    ? `refused: ${refused.words}`
    : [...parts, ...approvals].every(({ may }) => may === 'yes')
      ? 'allowed'
      : 'allowed or not by what is not known here, as above';
  const { user, subject } = question;
  return [
    ['may ask', asker.words],
    ['rate', rate.words],
    ['approvals', approvals.map(({ words }) => words).join('; ')],
    ['from', `${approverWords(rule.approvers)}; never ${user === null ? 'who' : `${user}, who`} asks`],
    ['reason', rule.reason === 'required' ? 'has to be given' : 'may be left out'],
    ['for', end.words],
    ['expires', `${formatDuration(rule.expiresInSeconds)} after it was asked, and again after it was agreed`],
    [
      'Slack Connect',
      rule.shared
        ? 'also in channels shared with other organizations'
        : 'not in channels shared with other organizations',
    ],
    ['reminders', rule.reminders ? 'after a third and two thirds of that time' : 'none'],
    ['role', subject.kind === 'link' ? "that of each member's own rule" : (rule.role ?? "the bot's own credentials")],
    ...(user === null ? [] : [['verdict', verdict] satisfies [string, string]]),
  ];
}

interface Part {
  may: 'yes' | 'no' | 'depends';
  words: string;
}

function askerWords({ requesters }: Rule, { user }: Question): Part {
  if (user === null)
    return {
      may: 'depends',
      words: requesters === null ? 'any full member of the workspace' : peopleWords(requesters),
    };
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

function rateWords(rule: Rule, { rate, current, later, subject }: Question): Part {
  const { min, max } = rule.rate;
  const least = min === null ? null : `at least ${formatRate(min)}`;
  const most = max === null ? null : `at most ${formatRate(max)}`;
  const bounds = [least, most].filter((bound) => bound !== null).join(' and ') || 'any';
  if (rate === null) return { may: 'depends', words: bounds };
  let to = rate.kind === 'absolute' ? rate.bytesPerSecond : null;
  if (current !== null) {
    const resolved = resolveRate(rate, current);
    if (!resolved.ok)
      return { may: 'no', words: `${resolved.problem.quoted} is not possible now: ${resolved.problem.instead}` };
    to = resolved.value;
    if (to === current && later.every((capacity) => capacity === current))
      return {
        may: 'depends',
        words:
          subject.kind === 'link'
            ? `${formatRate(to)} is the capacity already: only if that changes before this ends`
            : `${formatRate(to)} is the limit in force: only if that reverts before this one ends`,
      };
  }
  if (to === UNLIMITED) return { may: 'yes', words: 'unlimited, which the bounds of the rule are not about' };
  if (to === null) return { may: 'depends', words: `${bounds}; the limit in force is not known here (--current)` };
  return checkRate(rule, to) === null
    ? { may: 'yes', words: `within the rule (${bounds})` }
    : { may: 'no', words: `${formatRate(to)} is outside the rule (${bounds})` };
}

function endWords({ maxDurationSeconds }: Rule, { seconds, subject, user }: Question): Part {
  const isLink = subject.kind === 'link';
  const most = maxDurationSeconds ?? (isLink ? MAX_DURATION : null);
  const bounds = most === null ? 'any duration' : `at most ${formatDuration(most)}`;
  if (seconds === null) {
    if (!isLink) return { may: 'yes', words: bounds };
    const words = `an end is required for a link (--for), ${bounds}`;
    return { may: user === null ? 'depends' : 'no', words };
  }
  return most !== null && seconds > most
    ? { may: 'no', words: `${formatDuration(seconds)} is longer than the rule allows (${bounds})` }
    : { may: 'yes', words: `${formatDuration(seconds)} (${bounds})` };
}

/**
 * What the change could be; where the current limit isn't known, each direction that is possible. What it is for a link is
 * weighed at every moment until its end.
 */
function directionsOf(rule: Rule, { rate, current, later }: Question): Direction[] {
  if (rate === null) return ['lower', 'raise', 'unlimited'];
  const resolved = current === null ? null : resolveRate(rate, current);
  if (current !== null && resolved?.ok) {
    const to = resolved.value;
    const changed = [current, ...later].filter((from) => from !== to);
    return [
      strictestOf(
        rule,
        (changed.length > 0 ? changed : [current]).map((from) => directionOf(from, to)),
      ),
    ];
  }
  if (rate.kind === 'absolute') return rate.bytesPerSecond === UNLIMITED ? ['unlimited'] : ['lower', 'raise'];
  return [rate.percent < 100 ? 'lower' : 'raise'];
}

function approvalWords(rule: Rule, direction: Direction, { user, subject }: Question): Part {
  const needed = approvalsNeeded(rule, direction);
  if (needed === null) return { may: 'no', words: `the rule does not allow to lift ${WHAT[subject.kind]}` };
  const words = `${needed} ${DOES[direction](WHAT[subject.kind])}`;
  if (user === null) return { may: 'depends', words };
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
