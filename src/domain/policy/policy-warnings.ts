import { parseTaskArn } from '../execution/task-arn.ts';
import type { Link } from '../link/link.ts';
import { linkWarnings } from './links/link-warnings.ts';
import { linksNotApplied } from './links/links-not-applied.ts';
import { isForLinks, type Policy, type Principals, type Rule } from './policy.ts';
import type { PolicyWarning } from './policy-warning.ts';
import { nearRegion, REGIONS } from './regions.ts';

/** The ids of `policy.example.yml`: a test holds the list to the file. */
const EXAMPLE_IDS: ReadonlySet<string> = new Set([
  ...['111122223333', '444455556666', 'C0OPS', 'U0AUDIT', 'U0OPER', 'U0LEAD'],
  ...['S0AUDIT', 'S0OPS', 'S0LEADS'],
]);

const EXECUTION_KEYS = ['accounts', 'regions', 'tasks', 'channels'] as const;
const LINK_KEYS = ['links', 'channels'] as const;
type MatchKey = (typeof EXECUTION_KEYS)[number] | (typeof LINK_KEYS)[number];
/** With more combinations than this, only single earlier rules are compared. */
const MAX_COMBINATIONS = 20_000;
/** Represents every value that no rule names. */
const ANY_OTHER = '';

/** Finds what is valid in a policy but certainly not intended, and what this version does not do. */
export function warningsOf(policy: Policy): PolicyWarning[] {
  const { rules } = policy;
  const own = [
    ...exampleIds(policy.viewers, ['viewers']),
    ...exampleIds(policy.admins, ['admins']),
    ...exampleIds(policy.audit.readers, ['audit', 'readers']),
    ...linkWarnings(policy),
    ...policy.links.flatMap((link, index) => exampleIdsOfLink(link, ['links', index])),
    ...linksNotApplied(policy),
  ];
  if (rules.length === 0) return [...own, { path: ['rules'], problem: 'has no rule, so every request is refused' }];
  return [
    ...own,
    ...rules.flatMap((rule, index) => [
      ...unreachable(rules, index),
      ...unknownRegions(rule, ['rules', index, 'match', 'regions']),
      ...exampleIdsOf(rule, ['rules', index]),
    ]),
  ];
}

function unreachable(rules: readonly Rule[], index: number): PolicyWarning[] {
  const rule = rules[index];
  if (!rule) return [];
  const earlier = rules.slice(0, index).filter((one) => isForLinks(one) === isForLinks(rule));
  if (earlier.length === 0) return [];
  const takers = takersOf(rule, earlier);
  if (takers === null) return [];
  const names = takers.map((name) => JSON.stringify(name)).join(', ');
  const one = takers.length === 1 ? 'the earlier rule' : 'the earlier rules';
  return [
    {
      path: ['rules', index],
      problem: `can never match: ${one} ${names} take${takers.length === 1 ? 's' : ''} all that it would`,
    },
  ];
}

/** The earlier rules, for links or executions as this one, that together match everything it would match; null: something is left for it. */
function takersOf(rule: Rule, earlier: readonly Rule[]): string[] | null {
  const keys: readonly MatchKey[] = isForLinks(rule) ? LINK_KEYS : EXECUTION_KEYS;
  const single = earlier.find((one) => keys.every((key) => covers(one.match[key], rule.match[key])));
  if (single) return [single.name];
  const values = keys.map((key) => rule.match[key] ?? [ANY_OTHER, ...named(earlier, key)]);
  if (values.reduce((product, list) => product * list.length, 1) > MAX_COMBINATIONS) return null;
  const takers = new Set<string>();
  for (const combination of combinations(values)) {
    const takes = ({ match }: Rule) => keys.every((key, place) => covers(match[key], [combination[place] ?? '']));
    const taker = earlier.find(takes);
    if (!taker) return null;
    takers.add(taker.name);
  }
  return [...takers];
}

/** Whether the first list covers the second; absent = everything. */
function covers(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  return wide === undefined || (narrow?.every((value) => wide.includes(value)) ?? false);
}

function named(rules: readonly Rule[], key: MatchKey): string[] {
  return [...new Set(rules.flatMap(({ match }) => match[key] ?? []))];
}

function* combinations(lists: readonly (readonly string[])[]): Generator<string[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first) for (const others of combinations(rest)) yield [value, ...others];
}

function unknownRegions({ match }: Rule, path: PolicyWarning['path']): PolicyWarning[] {
  return (match.regions ?? []).flatMap((region, index) => {
    if (REGIONS.includes(region)) return [];
    const near = nearRegion(region);
    const meant = near === null ? '' : `; did you mean ${near}?`;
    return [
      { path: [...path, index], problem: `is "${region}", which is no Region that the AWS SDK here knows${meant}` },
    ];
  });
}

function exampleIdsOf(rule: Rule, path: PolicyWarning['path']): PolicyWarning[] {
  return [
    ...(['accounts', 'channels'] as const).flatMap((key) => listed(rule.match[key], [...path, 'match', key])),
    ...exampleIds(rule.requesters, [...path, 'requesters']),
    ...exampleIds(rule.approvers, [...path, 'approvers']),
  ];
}

function exampleIdsOfLink({ tasks, channel }: Link, path: PolicyWarning['path']): PolicyWarning[] {
  return [
    ...tasks.flatMap((arn, index) => {
      const account = parseTaskArn(arn)?.account ?? '';
      return EXAMPLE_IDS.has(account) ? [exampleId(`in account ${account}`, [...path, 'tasks', index])] : [];
    }),
    ...(channel !== null && EXAMPLE_IDS.has(channel) ? [exampleId(channel, [...path, 'channel'])] : []),
  ];
}

function exampleIds(who: Principals | null, path: PolicyWarning['path']): PolicyWarning[] {
  return [...listed(who?.users, [...path, 'users']), ...listed(who?.groups, [...path, 'groups'])];
}

function listed(ids: readonly string[] | undefined, path: PolicyWarning['path']): PolicyWarning[] {
  return (ids ?? []).flatMap((id, index) => (EXAMPLE_IDS.has(id) ? [exampleId(id, [...path, index])] : []));
}

function exampleId(what: string, path: PolicyWarning['path']): PolicyWarning {
  return { path, problem: `is ${what}, an id of policy.example.yml: put in your own` };
}
