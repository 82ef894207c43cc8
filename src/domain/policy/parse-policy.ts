import { z } from 'zod';
import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import { linkFaults } from './links/link-faults.ts';
import { linkRuleFaults } from './links/link-rule-faults.ts';
import { links } from './links/parse-links.ts';
import type { Policy, Principals, Rule } from './policy.ts';
import { contradictions } from './policy-contradictions.ts';
import * as fields from './policy-fields.ts';
import {
  faultsOf,
  isMapping,
  issueOf,
  listOf,
  listOrNone,
  mapping,
  oneOfForms,
  type PolicyFault,
  partOf,
  Wrong,
} from './policy-fields.ts';
import { DEFAULT_LIMITS } from './use-limits.ts';

const DEFAULT_EXPIRES_IN = 30 * 60;

const principals = mapping({
  users: listOf(fields.user, 'user ids').optional(),
  groups: listOf(fields.group, 'user group ids').optional(),
}).transform((given, context): Principals => {
  if (!given.users && !given.groups) {
    context.issues.push(issueOf([], new Wrong('names nobody', 'users, groups or both; or leave it out')));
  }
  return { users: [...new Set(given.users)], groups: [...new Set(given.groups)] };
});

/** Unlike the other lists of people, this one may be empty: then nobody may view everything. */
const maybeNobody = mapping({
  users: listOrNone(fields.user, 'user ids').optional(),
  groups: listOrNone(fields.group, 'user group ids').optional(),
}).transform((given, context): Principals => {
  if (!given.users && !given.groups) {
    context.issues.push(issueOf([], new Wrong('has neither key', 'users, groups or both; or leave it out')));
  }
  return { users: [...new Set(given.users)], groups: [...new Set(given.groups)] };
});

const limits = mapping({
  perUser: fields.perMinute.optional(),
  perChannel: fields.perMinute.optional(),
  openPerUser: fields.countFromOne.optional(),
}).transform((given): Policy['limits'] => ({
  perUser: given.perUser ?? DEFAULT_LIMITS.perUser,
  perChannel: given.perChannel ?? DEFAULT_LIMITS.perChannel,
  openPerUser: given.openPerUser ?? DEFAULT_LIMITS.openPerUser,
}));

const sameForAll = fields.countForAll.transform((n): Rule['approvals'] => ({ lower: n, raise: n, unlimited: n }));
const eachDirection = mapping({
  lower: fields.count,
  raise: fields.count,
  unlimited: fields.count.optional(),
}).transform(({ lower, raise, unlimited }): Rule['approvals'] => ({ lower, raise, unlimited: unlimited ?? null }));
const approvals = oneOfForms<Rule['approvals']>((input) =>
  typeof input === 'object' && input !== null ? eachDirection : sameForAll,
);

const ruleShape = {
  name: fields.ruleName,
  match: mapping({
    accounts: listOf(fields.account, 'AWS accounts').optional(),
    regions: listOf(fields.region, 'AWS Regions').optional(),
    tasks: listOf(fields.task, 'task ids').optional(),
    channels: listOf(fields.channel, 'channel ids').optional(),
    links: listOf(fields.anyText, 'names of links').optional(),
  }).optional(),
  requesters: principals.optional(),
  approvers: principals.optional(),
  approvals,
  rate: mapping({ min: fields.rate.optional(), max: fields.rate.optional() }).optional(),
  maxDuration: fields.duration.optional(),
  reason: fields.reason.optional(),
  expiresIn: fields.duration.optional(),
  reminders: fields.onOff.optional(),
  shared: fields.onOff.optional(),
  role: fields.role.optional(),
};

const rule = mapping(ruleShape).transform(
  (given): Rule => ({
    name: given.name,
    match: onlyGiven(given.match ?? {}),
    requesters: given.requesters ?? null,
    approvers: given.approvers ?? { users: [], groups: [] },
    approvals: given.approvals,
    rate: { min: given.rate?.min ?? null, max: given.rate?.max ?? null },
    maxDurationSeconds: given.maxDuration ?? null,
    reason: given.reason === 'required' ? 'required' : 'optional',
    expiresInSeconds: given.expiresIn ?? DEFAULT_EXPIRES_IN,
    reminders: given.reminders ?? true,
    shared: given.shared ?? false,
    role: given.role ?? null,
  }),
);

const schema = mapping({
  version: fields.version,
  limits: limits.optional(),
  viewers: maybeNobody.optional(),
  admins: maybeNobody.optional(),
  audit: mapping({ readers: principals.optional() }).optional(),
  links: links.optional(),
  rules: z.array(rule, { error: () => 'a list of rules' }),
}).transform(
  (given): Policy => ({
    version: 1,
    limits: given.limits ?? DEFAULT_LIMITS,
    viewers: given.viewers ?? null,
    admins: given.admins ?? { users: [], groups: [] },
    audit: { readers: given.audit?.readers ?? null },
    links: given.links ?? [],
    rules: given.rules,
  }),
);

/** Parses a policy from a plain value, as a YAML or JSON parser returns it. Reports all faults at once. */
export function parsePolicy(value: unknown): Result<Policy, PolicyFault[]> {
  const parsed = schema.safeParse(value, { reportInput: true });
  const listOfKey = (key: 'rules' | 'links'): unknown[] =>
    isMapping(value) && Array.isArray(value[key]) ? value[key] : [];
  const [rules, given] = [listOfKey('rules'), listOfKey('links')];
  const names = given.flatMap((raw) => (isMapping(raw) && typeof raw.name === 'string' ? [raw.name] : []));
  const faults = [
    ...(parsed.success ? [] : faultsOf(parsed.error.issues)),
    ...rules.flatMap((raw, index) =>
      [...faultsBetween(raw), ...linkRuleFaults(raw, names)].map((fault) => ({
        ...fault,
        path: ['rules', index, ...fault.path],
      })),
    ),
    ...duplicateNames('rules', rules),
    ...duplicateNames('links', given),
    ...linkFaults(given, rules.map(matchOf)),
  ];
  return parsed.success && faults.length === 0 ? good(parsed.data) : bad(faults);
}

/**
 * Contradictions between valid parts. They are checked among the parts that could be parsed, so that one fault doesn't
 * hide another.
 */
function faultsBetween(raw: unknown): PolicyFault[] {
  if (!isMapping(raw)) return [];
  const match = partOf(ruleShape.match, raw.match);
  const rate = partOf(ruleShape.rate, raw.rate);
  const known = (key: 'requesters' | 'approvers') => raw[key] === undefined || partOf(principals, raw[key]) !== null;
  return contradictions({
    approvals: known('requesters') && known('approvers') ? partOf(approvals, raw.approvals) : null,
    approvers: partOf(principals, raw.approvers) ?? { users: [], groups: [] },
    requesters: partOf(principals, raw.requesters),
    rate: { min: rate?.min ?? null, max: rate?.max ?? null },
    // A rule for links has no role at all: see `linkRuleFaults`.
    role:
      match?.links === undefined && (raw.match === undefined || match !== null) ? partOf(fields.role, raw.role) : null,
    accounts: match?.accounts ?? null,
  });
}

function duplicateNames(key: 'rules' | 'links', list: readonly unknown[]): PolicyFault[] {
  const first = new Map<string, number>();
  return list.flatMap((raw, index): PolicyFault[] => {
    const name = isMapping(raw) ? raw.name : null;
    if (typeof name !== 'string') return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      { path: [key, index, 'name'], problem: `is the name of ${key}[${before}] too`, expected: 'a name of its own' },
    ];
  });
}

/** What a rule matches; null: it can't be read. */
function matchOf(raw: unknown): Rule['match'] | null {
  if (!isMapping(raw)) return null;
  if (raw.match === undefined) return {};
  const match = partOf(ruleShape.match, raw.match);
  return match === null || match === undefined ? null : onlyGiven(match);
}

function onlyGiven(match: { [K in keyof Rule['match']]: string[] | undefined }): Rule['match'] {
  return Object.fromEntries(Object.entries(match).filter(([, list]) => list !== undefined));
}
