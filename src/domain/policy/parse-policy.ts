import { z } from 'zod';
import type { Result } from '../result.ts';
import { bad, good } from '../result.ts';
import type { Policy, Principals, Rule } from './policy.ts';
import { contradictions } from './policy-contradictions.ts';
import * as fields from './policy-fields.ts';
import { faultsOf, issueOf, listOf, listOrNone, mapping, type PolicyFault, Wrong } from './policy-fields.ts';
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
const approvals = z.unknown().transform((input, context): Rule['approvals'] => {
  // A union would report the faults of both forms; the type of the value shows which form is meant.
  const form = typeof input === 'object' && input !== null ? eachDirection : sameForAll;
  const parsed = form.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const { path, problem, expected } of faultsOf(parsed.error.issues)) {
    context.issues.push(issueOf(path, new Wrong(problem, expected)));
  }
  return z.NEVER;
});

const ruleShape = {
  name: fields.ruleName,
  match: mapping({
    accounts: listOf(fields.account, 'AWS accounts').optional(),
    regions: listOf(fields.region, 'AWS Regions').optional(),
    tasks: listOf(fields.task, 'task ids').optional(),
    channels: listOf(fields.channel, 'channel ids').optional(),
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
  rules: z.array(rule, { error: () => 'a list of rules' }),
}).transform(
  (given): Policy => ({
    version: 1,
    limits: given.limits ?? DEFAULT_LIMITS,
    viewers: given.viewers ?? null,
    admins: given.admins ?? { users: [], groups: [] },
    audit: { readers: given.audit?.readers ?? null },
    rules: given.rules,
  }),
);

/** Parses a policy from a plain value, as a YAML or JSON parser returns it. Reports all faults at once. */
export function parsePolicy(value: unknown): Result<Policy, PolicyFault[]> {
  const parsed = schema.safeParse(value, { reportInput: true });
  const rules = isMapping(value) && Array.isArray(value.rules) ? value.rules : [];
  const faults = [
    ...(parsed.success ? [] : faultsOf(parsed.error.issues)),
    ...rules.flatMap((raw: unknown, index) =>
      faultsBetween(raw).map((fault) => ({ ...fault, path: ['rules', index, ...fault.path] })),
    ),
    ...duplicateNames(rules),
  ];
  return parsed.success && faults.length === 0 ? good(parsed.data) : bad(faults);
}

/**
 * Contradictions between valid parts. They are checked among the parts that could be parsed, so that one fault doesn't
 * hide another.
 */
function faultsBetween(raw: unknown): PolicyFault[] {
  if (!isMapping(raw)) return [];
  const part = <T>(of: z.ZodType<T>, value: unknown): T | null => of.safeParse(value).data ?? null;
  const match = part(ruleShape.match, raw.match);
  const rate = part(ruleShape.rate, raw.rate);
  const known = (key: 'requesters' | 'approvers') => raw[key] === undefined || part(principals, raw[key]) !== null;
  return contradictions({
    approvals: known('requesters') && known('approvers') ? part(approvals, raw.approvals) : null,
    approvers: part(principals, raw.approvers) ?? { users: [], groups: [] },
    requesters: part(principals, raw.requesters),
    rate: { min: rate?.min ?? null, max: rate?.max ?? null },
    role: raw.match === undefined || match !== null ? part(fields.role, raw.role) : null,
    accounts: match?.accounts ?? null,
  });
}

function duplicateNames(rules: readonly unknown[]): PolicyFault[] {
  const first = new Map<string, number>();
  return rules.flatMap((raw, index): PolicyFault[] => {
    const name = isMapping(raw) ? raw.name : null;
    if (typeof name !== 'string') return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      { path: ['rules', index, 'name'], problem: `is the name of rules[${before}] too`, expected: 'a name of its own' },
    ];
  });
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function onlyGiven(match: { [K in keyof Rule['match']]: string[] | undefined }): Rule['match'] {
  return Object.fromEntries(Object.entries(match).filter(([, list]) => list !== undefined));
}
