import { parseTaskArn } from '../../execution/task-arn.ts';
import type { Link } from '../../link/link.ts';
import { DAY_MINUTES } from '../../link/week.ts';
import { clockWords } from '../../link/window-words.ts';
import { formatRate, UNLIMITED } from '../../rate/rate.ts';
import { executionRules, type Policy, type Rule } from '../policy.ts';
import type { PolicyWarning } from '../policy-warning.ts';
import { memberRule } from './link-rules.ts';
import { dateSpans, type Span, WEEK, weekSpans } from './overlapping-windows.ts';

const DIRECTIONS = ['lower', 'raise', 'unlimited'] as const;

/** What is valid in links, and in rules for them, but certainly not intended. */
export function linkWarnings(policy: Policy): PolicyWarning[] {
  return [
    ...policy.links.flatMap((link, index) => [...missedMinutes(link, index), ...scaledFloors(link, index)]),
    ...fewerApprovals(policy),
  ];
}

/** Windows that would meet if the last minute was part of them: they end at 17:59 or 23:59, say. */
function missedMinutes({ timetable }: Link, link: number): PolicyWarning[] {
  const next = new Map<number, Span>();
  const [week, dates] = [weekSpans(timetable), dateSpans(timetable)];
  // Sunday's last minute is before Monday's first.
  const afterWeek = week.map((span) => ({ ...span, start: span.start + WEEK }));
  const starts = [...week, ...afterWeek].map((span) => [span.start, span] as const);
  const [weekStarts, dateStarts] = [new Map(starts), new Map(dates.map((span) => [span.start, span] as const))];
  for (const [spans, startsAt] of [[week, weekStarts] as const, [dates, dateStarts] as const]) {
    for (const { index, end } of spans) {
      const follower = startsAt.get(end + 1);
      if (follower && !startsAt.has(end) && !next.has(index)) next.set(index, follower);
    }
  }
  return timetable.flatMap(({ to }, index): PolicyWarning[] => {
    const path = ['links', link, 'timetable', index, 'to'];
    const follower = next.get(index);
    if (follower) {
      const begins = clockWords(timetable[follower.index]?.from ?? 0);
      const problem = `is "${clockWords(to)}" and timetable[${follower.index}] begins at "${begins}", so the minute between belongs to neither: a window ends before its "to"`;
      return [{ path, problem }];
    }
    if (to !== DAY_MINUTES - 1) return [];
    return [{ path, problem: 'is "23:59", so the last minute of the day is not part of the window: write "24:00"' }];
  });
}

function scaledFloors(link: Link, index: number): PolicyWarning[] {
  const limited = [link.capacity, ...link.timetable.map(({ capacity }) => capacity)].filter((one) => one !== UNLIMITED);
  if (limited.length === 0) return [];
  const lowest = Math.min(...limited) * (1 - link.headroom);
  const floors = link.floor * link.tasks.length;
  if (floors <= lowest) return [];
  const left = link.headroom === 0 ? '' : ' less the headroom';
  return [
    {
      path: ['links', index, 'floor'],
      problem: `is ${formatRate(floors)} for all ${link.tasks.length} tasks together, more than the lowest capacity${left} (${formatRate(lowest)}): the floors are scaled down when all of them run`,
    },
  ];
}

/** Otherwise somebody could change the executions of a link with fewer approvals than each of them needs. */
function fewerApprovals(policy: Policy): PolicyWarning[] {
  const links = policy.links.map((link) => ({ name: link.name, members: membersOf(policy, link) }));
  return policy.rules.flatMap((rule, index) =>
    links
      .filter(({ name }) => rule.match.links?.includes(name))
      .flatMap(({ name, members }) => {
        const told = new Set<Rule>();
        return members.flatMap(({ arn, rules }): PolicyWarning[] => {
          const fewer = rulesIn(rules, rule.match.channels)
            .filter((member) => !told.has(member))
            .map((member) => ({ member, words: fewerWords(rule, member) }))
            .filter(({ words }) => words !== '');
          return fewer.map(({ member, words }) => {
            told.add(member);
            const problem = `needs fewer approvals to change link ${name} than rule ${JSON.stringify(member.name)} does for its member ${arn}: ${words}`;
            return { path: ['rules', index, 'approvals'], problem };
          });
        });
      }),
  );
}

interface Members {
  /** The first of these tasks. */
  arn: string;
  /** The rules that name them, in whatever channel. */
  rules: Rule[];
}

/** The listed tasks of a link, those that the same rules name taken together: a link may have a thousand. */
function membersOf(policy: Policy, { tasks }: Link): Members[] {
  const all = executionRules(policy);
  const byRules = new Map<string, Members>();
  for (const arn of tasks) {
    const task = parseTaskArn(arn);
    if (task === null) continue;
    const rules = all.filter((rule) => memberRule({ rules: [rule] }, task) !== null);
    const key = rules.map(({ name }) => name).join('\n');
    if (!byRules.has(key)) byRules.set(key, { arn, rules });
  }
  return [...byRules.values()];
}

/** Those by which executions can be changed in these channels (absent: in any); else the one by which they can be elsewhere. */
function rulesIn(rules: readonly Rule[], channels: readonly string[] | undefined): Rule[] {
  const found: Rule[] = [];
  for (const rule of rules) {
    const its = rule.match.channels;
    if (!its || !channels || its.some((channel) => channels.includes(channel))) found.push(rule);
    // No later rule decides in any of the channels.
    if (!its || channels?.every((channel) => its.includes(channel))) break;
  }
  return found.length > 0 ? found : rules.slice(0, 1);
}

function fewerWords(rule: Rule, member: Rule): string {
  const needed = (of: Rule, direction: (typeof DIRECTIONS)[number]) => of.approvals[direction];
  return DIRECTIONS.filter(
    (direction) =>
      (needed(rule, direction) ?? Number.POSITIVE_INFINITY) < (needed(member, direction) ?? Number.POSITIVE_INFINITY),
  )
    .map((direction) => `${direction} ${needed(rule, direction)} instead of ${needed(member, direction) ?? 'never'}`)
    .join(', ');
}
